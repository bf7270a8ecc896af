/**
 * Tool activity: an activity tool's implementation as a Temporal activity.
 *
 * Arguments are validated and the output is checked here, on the worker that runs the tool, so a bad
 * one is a tool error for the model and never a payload that breaks the run.
 *
 * @module
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { activityTypeOf, isTool, type ActivityTool, type ToolCallInput } from '../agent';
import { AgentError, errorText, isPlainObject, jsonBytes, jsonProblem, LIMITS, messageText } from '../protocol';
import { heartbeating } from './heartbeat';
import { type Made, madeArguments, madeValue } from './tool-arguments';

/** What an implementation is told of its call. */
export interface ActivityCall {
  /**
   * Hand it to the service you call. The same on every retry, after every restart, and after a reset when the same call
   * is made again; no other call has it, nor this one with other arguments.
   */
  readonly idempotencyKey: string;
  /** Aborted when the run is cancelled or the worker shuts down. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

export interface Implementation {
  readonly tool: ActivityTool;
  readonly execute: (args: never, call: ActivityCall) => unknown;
}

/**
 * Implement an activity tool.
 *
 * @param execute Gets validated arguments, and gives JSON. What it throws goes to the model as a tool error, after
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
 * @throws AgentError `INVALID_OPTION` for what `implement` does not give.
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
  return async ({ args, isMade, idempotencyKey }) => {
    // What a schema made of arguments need not fit it once more.
    const made: Made<unknown> = isMade === true ? { value: args } : await madeArguments(tool, args);
    if (made.problem !== undefined)
      throw fatal(tool.name, `The arguments of "${tool.name}" cannot be used: ${made.problem}.`);
    const { cancellationSignal: signal, info } = Context.current();
    const output = await heartbeating(
      async () => await execute(made.value as never, { idempotencyKey, signal, attempt: info.attempt }),
    ).catch((error: unknown) => {
      throw tellable(error);
    });
    const checked = await checkedOutput(tool, output);
    if (checked.problem !== undefined)
      throw fatal(tool.name, `The tool "${tool.name}" gave an output that cannot be used: ${checked.problem}.`);
    return checked.value;
  };
}

/** What the result's schema makes of an output. */
async function checkedOutput(tool: ActivityTool, output: unknown): Promise<Made<unknown>> {
  const made = tool.result === undefined ? { value: output } : await madeValue(tool.result, output);
  if (made.problem !== undefined || made.value === undefined) return made;
  const problem = jsonProblem(made.value);
  if (problem !== undefined) return { problem: `it is not JSON, ${problem}` };
  const bytes = jsonBytes(made.value);
  if (bytes <= LIMITS.toolOutputBytes) return made;
  return { problem: `it has ${bytes} bytes, more than ${LIMITS.toolOutputBytes}` };
}

/** A failure is sent too, with its causes, and one that cannot be is never reported. */
function tellable(error: unknown): unknown {
  if (texts(error).every((text) => messageText(text) === text)) return error;
  const { nonRetryable = false, type } = (typeof error === 'object' && error !== null ? error : {}) as {
    nonRetryable?: boolean;
    type?: string;
  };
  return ApplicationFailure.create({
    message: messageText(errorText(error)),
    nonRetryable,
    ...(type === undefined ? {} : { type: messageText(type) }),
  });
}

/** What a failure says, and what it is called; of its causes too. */
function texts(error: unknown, depth = 0): readonly string[] {
  const { name, type, cause } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const own = [errorText(error), name, type].filter((text) => typeof text === 'string');
  return cause === undefined || depth >= CAUSES ? own : [...own, ...texts(cause, depth + 1)];
}

/** More of them, one inside the other, are a circle. */
const CAUSES = 20;

/** Not retried: the tool ran, or cannot run, and doing it again would change nothing or do it twice. */
function fatal(tool: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'TOOL_FAILED', nonRetryable: true, details: [{ tool }] });
}

/** @throws AgentError `TOOL_NOT_IMPLEMENTED` for a tool without an implementation, and for one implemented twice. */
export function checkImplementations(
  tools: readonly { kind: string; name: string }[],
  given: readonly Implementation[],
): void {
  const names = given.map(({ tool }) => tool.name);
  const missing = tools
    .filter(({ kind, name }) => kind === 'activity' && !names.includes(name))
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
