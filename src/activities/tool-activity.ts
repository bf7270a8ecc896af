/**
 * Tool activity: an activity tool's implementation as a Temporal activity.
 *
 * Arguments and output are checked here, on the worker that runs the tool, so a bad one is a tool error for the model
 * and never a payload that breaks the run.
 *
 * @module
 */
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { activityTypeOf, isTool, type ActivityTool, type ToolCallInput } from '../agent';
import {
  AgentError,
  errorText,
  isPlainObject,
  jsonBytes,
  LIMITS,
  messageText,
  takeJson,
  type JsonObject,
  type TakenJson,
} from '../protocol';
import { heartbeating } from './heartbeat';
import { sendableFailure } from './sendable-failure';
import { type Checked, checkArguments, checkValue } from './tool-arguments';
import { runsOnce, stoppedByOperator, toolAttempt } from './tool-attempt';

/** What an implementation is told of its call. */
export interface ActivityCall {
  /**
   * Pass it to the service you call. It survives retries, restarts, and a reset that repeats the call. No other call
   * has it, nor this one with other arguments.
   */
  readonly idempotencyKey: string;
  /**
   * Aborts when the run is cancelled or the worker shuts down; also when an operator pauses or resets the activity of a
   * tool that may be attempted again.
   */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
  /** The run's `data`, which the model is not told. `{}` when it has none. */
  readonly data: JsonObject;
}

export interface Implementation {
  readonly tool: ActivityTool;
  readonly execute: (args: never, call: ActivityCall) => unknown;
}

/**
 * Implement an activity tool.
 *
 * @param execute Gets validated arguments and returns JSON. What it throws becomes a tool error for the model, after
 *   the attempts that the tool's `retry` allows (default: one).
 * @throws AgentError `INVALID_OPTION` when they are no activity tool and function.
 */
export function implement<Args, Result, Sent = Args>(
  tool: ActivityTool<Args, Result, Sent>,
  execute: (args: Args, call: ActivityCall) => Promise<Result> | Result,
): Implementation {
  const made = { tool, execute };
  checkImplementation('implement', made);
  return made;
}

/**
 * @param of Who was given it.
 * @throws AgentError `INVALID_OPTION` for what `implement` does not return.
 */
export function checkImplementation(of: string, given: unknown): asserts given is Implementation {
  const { tool, execute } = (isPlainObject(given) ? given : {}) as Partial<Implementation>;
  if (isTool(tool) && tool.kind === 'activity' && typeof execute === 'function') return;
  const problem =
    isTool(tool) && tool.kind !== 'activity'
      ? `"${tool.name}" was made with defineTool and runs in the workflow: only an activityTool is implemented`
      : 'an implementation is made with implement(tool, fn), of an activityTool and a function';
  throw new AgentError('INVALID_OPTION', `The tools of ${of}: ${problem}.`, { of, option: 'tools' });
}

export function createToolActivities(
  implementations: readonly Implementation[],
): Record<string, (input: ToolCallInput) => Promise<unknown>> {
  return Object.fromEntries(implementations.map((one) => [activityTypeOf(one.tool.name), toActivity(one)]));
}

function toActivity({ tool, execute }: Implementation): (input: ToolCallInput) => Promise<unknown> {
  return async ({ args, isMade, idempotencyKey, data = {} }) => {
    const context = Context.current();
    const attempt = toolAttempt(tool, context);
    if (attempt.refusal !== undefined) throw fatal(tool.name, attempt.refusal);
    // A schema's output need not fit the schema again.
    const made: Checked<unknown> = isMade === true ? { value: args } : await checkArguments(tool, args);
    if (made.problem !== undefined)
      throw fatal(tool.name, `The arguments of "${tool.name}" cannot be used: ${made.problem}.`);
    const call = { idempotencyKey, signal: attempt.signal, attempt: context.info.attempt, data };
    const output = await heartbeating(async () => await execute(made.value as never, call)).catch((error: unknown) => {
      throw thrownBy(tool, error, context);
    });
    const taken = await takeOutput(tool, output);
    if ('problem' in taken)
      throw fatal(tool.name, `The tool "${tool.name}" gave an output that cannot be used: ${taken.problem}.`);
    return taken.value;
  };
}

/** Temporal's special errors keep their meaning; others are failures of the tool. */
function thrownBy(tool: ActivityTool, error: unknown, context: Context): Error {
  if (isInstance(error, CompleteAsyncError)) return new CompleteAsyncError();
  if (!context.cancellationSignal.aborted || !isCancelled(error)) return sendableFailure(error, runsOnce(tool));
  const stopped = stoppedByOperator(tool, context);
  return stopped === undefined ? new CancelledFailure(messageText(errorText(error))) : fatal(tool.name, stopped);
}

function isCancelled(error: unknown): boolean {
  if (isInstance(error, CancelledFailure)) return true;
  try {
    return (error as Error).name === 'AbortError';
  } catch {
    return false;
  }
}

function isInstance(error: unknown, type: new (...args: never[]) => unknown): boolean {
  try {
    return error instanceof type;
  } catch {
    return false; // A revoked proxy.
  }
}

/** A copy of the output as the result's schema makes it: what is sent is what was checked. */
async function takeOutput(tool: ActivityTool, output: unknown): Promise<TakenJson> {
  const made = tool.result === undefined ? { value: output } : await checkValue(tool.result, output);
  if (made.problem !== undefined) return { problem: made.problem };
  if (made.value === undefined) return made;
  const taken = takeJson(made.value);
  if ('problem' in taken) return { problem: `it is not JSON, ${taken.problem}` };
  const bytes = jsonBytes(taken.value);
  return bytes > LIMITS.toolOutputBytes
    ? { problem: `it has ${bytes} bytes, more than ${LIMITS.toolOutputBytes}` }
    : taken;
}

/** Not retried: the tool ran or cannot run, so a retry would change nothing or do it twice. */
function fatal(tool: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: messageText(message),
    type: 'TOOL_FAILED',
    nonRetryable: true,
    details: [{ tool }],
  });
}

/**
 * A tool with a task queue is served elsewhere and needs no implementation here.
 *
 * @throws AgentError `TOOL_NOT_IMPLEMENTED` for a tool without an implementation, or with two.
 */
export function checkImplementations(
  tools: readonly { kind: string; name: string; options?: { readonly taskQueue?: string } }[],
  given: readonly Implementation[],
): void {
  const names = given.map(({ tool }) => tool.name);
  const missing = tools
    .filter(
      ({ kind, name, options }) => kind === 'activity' && options?.taskQueue === undefined && !names.includes(name),
    )
    .map(({ name }) => name);
  if (missing.length > 0) {
    throw new AgentError(
      'TOOL_NOT_IMPLEMENTED',
      `This worker has no implementation of ${missing.map((name) => `"${name}"`).join(', ')}: pass implement(tool, fn) for each in createWorker({tools: [...]}).`,
      { tools: missing },
    );
  }
  const twice = names.filter((name, nth) => names.indexOf(name) !== nth);
  if (twice.length > 0) {
    throw new AgentError(
      'TOOL_NOT_IMPLEMENTED',
      `This worker was given two implementations of "${twice.join('", "')}": keep one.`,
      {
        tools: twice,
      },
    );
  }
}
