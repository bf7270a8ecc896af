/**
 * Begin: makes a session of a run's start input, a context, or what the previous link carried over.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { patched, workflowInfo } from '@temporalio/workflow';
import type { AgentWorkflowDefinition } from '../../agent';
import {
  AgentError,
  errorText,
  isPlainObject,
  readRunData,
  readRunInput,
  type RunInput,
  type CarriedJson,
  type OpenTurnJson,
  readCarried,
  readContext,
} from '../../protocol';
import type { RunTurn } from '../loop/thread';
import { resumedLimit, timeLimit } from '../loop/time-limit';
import { Session } from './session';

interface Start {
  readonly session: Session;
  readonly read: RunInput;
  readonly open?: OpenTurnJson;
}

/** Everything before the first await. An unusable input becomes an error, thrown once the run can be queried. */
export function begin(
  runTurn: RunTurn,
  definition: AgentWorkflowDefinition,
  input: unknown,
): Start | { readonly session: Session; readonly error: unknown } {
  let session: Session | undefined;
  try {
    const read = readRunInput(input);
    const carried = read.carried === undefined ? undefined : readCarriedInput(read.carried);
    session = new Session(runTurn, definition, carried);
    const timeout = (read.timeout as Duration | undefined) ?? definition.timeout;
    // A later link has the limit that its run began with, whatever the definition says now.
    if (carried === undefined) session.limit = timeLimit('The run', timeout);
    else if (carried.deadline !== undefined) session.limit = resumedLimit('The run', timeout, carried.deadline);
    session.run.liveTokens = read.liveTokens ?? true;
    session.run.data = readRunData(read.data);
    if (read.conversation === true) session.intake.mailbox.open();
    const open = carried === undefined ? resume(session, read) : carried.context.open;
    if (carried !== undefined) session.resumeLink(carried);
    return { session, read, ...(open === undefined ? {} : { open }) };
  } catch (error) {
    return {
      session: session ?? new Session(runTurn, definition),
      error: isPlainObject(input) && isFromPreviousLink(input['carried']) ? taskFailure(error) : error,
    };
  }
}

/** @throws AgentError `INVALID_CONTEXT` if somebody else sent it. */
function readCarriedInput(carried: unknown): CarriedJson {
  // Earlier releases took it from anybody, and their runs go on.
  if (isFromPreviousLink(carried) || !patched('countersign-carried')) return readCarried(carried);
  throw new AgentError('INVALID_CONTEXT', '"carried" is what a run hands to itself: start it without.', {});
}

/**
 * Whether the previous link sent it. No sender of a start knows the id that Temporal gives to the first link. A retry,
 * or a cron's run, has the input that was sent.
 */
function isFromPreviousLink(carried: unknown): boolean {
  const { continuedFromExecutionRunId, firstExecutionRunId, cronSchedule } = workflowInfo();
  if (continuedFromExecutionRunId === undefined || cronSchedule || !isPlainObject(carried)) return false;
  const { chain, link } = carried;
  // Earlier releases named only the link, which Temporal knows in a first attempt.
  return chain === undefined ? link === continuedFromExecutionRunId : chain === firstExecutionRunId;
}

/** The run sent it to itself, so the workflow task fails until a worker can read it. */
function taskFailure(error: unknown): Error {
  return new Error(`${errorText(error)} Deploy a worker that has what the run was doing, and it goes on.`);
}

function resume(session: Session, read: RunInput): OpenTurnJson | undefined {
  if (read.context === undefined) return undefined;
  const context = readContext(read.context);
  checkMessage(read, context.open);
  // A given history replaces the context's, and its summary.
  const { summary: _summary, ...withoutSummary } = context;
  session.resume(read.chatHistory === undefined ? context : { ...withoutSummary, messages: [] });
  return context.open;
}

/** An open turn resumes by itself; a run that had ended needs a message. */
function checkMessage({ userMsg, chatHistory, conversation }: RunInput, open: OpenTurnJson | undefined): void {
  if (open === undefined) {
    if (userMsg !== undefined || chatHistory?.at(-1)?.role === 'user' || conversation === true) return;
  } else if (userMsg === undefined && chatHistory === undefined) return;
  const problem =
    open === undefined
      ? 'its context is of a run that had ended: give the userMsg of the next turn'
      : 'its context is in the middle of a turn: leave userMsg and chatHistory out, the turn goes on by itself';
  throw new AgentError('INVALID_INPUT', `The run cannot start: ${problem}.`, {});
}
