/**
 * Taken: a run as data, for its next link or for another run.
 *
 * All that is written here must be read by readCarried and readContext: what they refuse is refused where it enters the run.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';
import { CONTEXT_VERSION, type CarriedJson, type ContextJson } from '../../agent';
import { AgentError } from '../../protocol';
import type { ReachedOut } from '../loop/open-turn';
import type { Run } from '../run/run';

/** All that the next link needs. */
export function carriedBy(run: Run): CarriedJson {
  const { runId, firstExecutionRunId } = workflowInfo();
  const { limit, conversation } = run;
  return {
    context: contextOf(run),
    link: runId,
    chain: firstExecutionRunId,
    events: run.log.length,
    step: run.main?.step ?? 0,
    ...(limit === undefined ? {} : { deadline: limit.deadline }),
    ...(conversation === undefined ? {} : { conversation: { ...conversation, ...run.mailbox.toJson() } }),
  };
}

/**
 * All that another run needs to go on from here.
 *
 * @throws AgentError `INVALID_CONTEXT` of a workflow that was written by hand, and while a tool cannot be entered again.
 */
export function contextOf(run: Run): ContextJson {
  const { main } = run;
  if (main === undefined) {
    throw new AgentError(
      'INVALID_CONTEXT',
      'A workflow that was written by hand has no context to go on from: it goes on by its own code.',
      {},
    );
  }
  const { reachedOut } = run;
  if (reachedOut !== undefined && !run.hasEnded) throw new AgentError('INVALID_CONTEXT', notTaken(reachedOut), {});
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

/** Why a run stays where it is. */
export function notTaken({ callId, what }: ReachedOut): string {
  return `Tool call ${callId} has ${what}, past its ctx. Entered again elsewhere it would do so anew, so the run stays here until the call is over. Use ctx.callTool, ctx.runAgent and ctx.sleep, whose outcomes are kept, or leave that to a workflow of its own.`;
}
