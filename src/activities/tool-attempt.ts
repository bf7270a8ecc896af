/**
 * Tool attempt: whether an attempt of a tool's activity may run, and what may interrupt it.
 *
 * Operators can make Temporal run an activity again (`temporal activity pause`, `unpause`, `reset`, `update-options`),
 * whatever its retry policy: pause interrupts an attempt without counting it, reset restarts the count. A tool with one
 * attempt must not take effect twice, so its second run is refused, and neither command interrupts its first.
 *
 * @module
 */
import type { Context } from '@temporalio/activity';
import type { ActivityTool } from '../agent';

export interface ToolAttempt {
  /** Why it must not run. */
  readonly refusal?: string;
  /** Aborts the implementation. */
  readonly signal: AbortSignal;
}

/** Asked before any of the tool's code runs. */
export function toolAttempt(tool: ActivityTool, context: Context): ToolAttempt {
  const { cancellationSignal, info } = context;
  if (!runsOnce(tool)) return { signal: cancellationSignal };
  // A first attempt is scheduled with its activity: a later schedule time means that it was reset.
  const isFirst = info.attempt === 1 && info.currentAttemptScheduledTimestampMs <= info.scheduledTimestampMs;
  const signal = unlessOperator(context);
  if (isFirst) return { signal };
  const refusal = `The tool "${tool.name}" was not run: an earlier attempt was begun or put off (paused, reset or retried by an operator), and it may run only once. It may or may not have taken effect.`;
  return { signal, refusal };
}

/**
 * The error of a tool that must not run again, and that an operator's interruption ended: it listens to Temporal's own
 * signal.
 */
export function stoppedByOperator(tool: ActivityTool, { cancellationDetails }: Context): string | undefined {
  if (!runsOnce(tool) || !isByOperator(cancellationDetails)) return undefined;
  const how = cancellationDetails?.reset === true ? 'reset' : 'paused';
  return `The tool "${tool.name}" was stopped while it ran, because an operator ${how} its activity: it may or may not have taken effect.`;
}

/** Whether it must not be attempted twice, whatever Temporal allows now. */
export function runsOnce({ options }: ActivityTool): boolean {
  return { maximumAttempts: 1, ...options.retry }.maximumAttempts === 1;
}

function isByOperator(details: Context['cancellationDetails']): boolean {
  if (details === undefined) return false;
  return (details.paused || details.reset) && !details.cancelRequested && !details.workerShutdown && !details.timedOut;
}

/**
 * The activity's signal, without an operator's interruptions. After one, nothing else interrupts the attempt: the SDK's
 * core tells a worker of one cancellation only ("Don't double-issue cancellations").
 */
function unlessOperator(context: Context): AbortSignal {
  const own = new AbortController();
  const { cancellationSignal } = context;
  const follow = (): void => {
    if (!isByOperator(context.cancellationDetails)) own.abort(cancellationSignal.reason);
  };
  if (cancellationSignal.aborted) follow();
  else cancellationSignal.addEventListener('abort', follow, { once: true });
  return own.signal;
}
