/**
 * Snapshot: a run as data, for its next link or for another run.
 *
 * readCarried and readContext must accept whatever is written here. So what they refuse is refused where it enters the
 * run.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';
import { AgentError, CONTEXT_VERSION, type CarriedJson, type ContextJson } from '../../protocol';
import type { OutsideEffect } from '../run/nested-work';
import type { Session } from './session';

/** Everything that the next link needs. */
export function carriedBy(session: Session): CarriedJson {
  const { runId, firstExecutionRunId } = workflowInfo();
  const { run, main, limit, conversation, intake } = session;
  return {
    context: contextOf(session),
    link: runId,
    chain: firstExecutionRunId,
    events: run.log.length,
    step: main?.step ?? 0,
    ...(limit === undefined ? {} : { deadline: limit.deadline }),
    ...(conversation === undefined ? {} : { conversation: { ...conversation, ...intake.mailbox.toJson() } }),
  };
}

/**
 * Everything that another run needs to resume.
 *
 * @throws AgentError `INVALID_CONTEXT` for a hand-written workflow, and while a call cannot be entered again.
 */
export function contextOf({ run, main, outsideEffect }: Session): ContextJson {
  if (main === undefined) {
    throw new AgentError(
      'INVALID_CONTEXT',
      'A workflow that was written by hand has no context to go on from: it goes on by its own code.',
      {},
    );
  }
  if (outsideEffect !== undefined && !run.hasEnded)
    throw new AgentError('INVALID_CONTEXT', whyNotMovable(outsideEffect), {});
  const { open, ...thread } = main.toJson();
  return {
    version: CONTEXT_VERSION,
    workflow: workflowInfo().workflowType,
    ...thread,
    ...(open === undefined || run.hasEnded ? {} : { open }),
    state: run.store.all(),
    ...run.tokens.toJson(),
    ...run.questions.toJson(),
  };
}

export function whyNotMovable({ callId, what }: OutsideEffect): string {
  return `Tool call ${callId} has ${what}, past its ctx. Entered again elsewhere it would do so anew, so the run stays here until the call is over. Use ctx.callTool, ctx.runAgent and ctx.sleep, whose outcomes are kept, or leave that to a workflow of its own.`;
}
