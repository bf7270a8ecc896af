/**
 * Patience: carries on while the server or a worker is away.
 *
 * @module
 */
import { QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import { errorText, isReadAhead } from '../../protocol';
import { GRPC, grpcErrorOf } from '../../connection';

/** gRPC codes that pass by themselves: no server, no worker, a slow or starting one, or a pause. */
const PASSING = new Set<number>([
  GRPC.cancelled,
  GRPC.deadlineExceeded,
  GRPC.resourceExhausted,
  GRPC.failedPrecondition,
  GRPC.unavailable,
]);

/** Temporal's number of a run's status. */
const PAUSED = 8;

export function isPassing(error: unknown): boolean {
  if (error instanceof QueryRejectedError) return (error.status as number) === PAUSED;
  const cause = grpcErrorOf(error);
  return cause !== undefined && PASSING.has(cause.code);
}

/** Whether the server can never accept the request. */
export function isInvalid(error: unknown): boolean {
  return grpcErrorOf(error)?.code === GRPC.invalidArgument;
}

/** Found in the details of a server that asks no worker. */
const NOT_READY = 'WorkflowNotReadyFailure';

/**
 * Whether the server asks no worker, because none of the link's workflow tasks completed or the last kept failing. It
 * passes while the link is open and never once it is closed.
 */
export function isNotReady(error: unknown): boolean {
  const cause = grpcErrorOf(error);
  return cause?.metadata.get('grpc-status-details-bin').some((details) => details.includes(NOT_READY)) ?? false;
}

/**
 * How often one query may fail through no fault of its own. All queries that waited for a failing workflow task fail
 * with it, and so does one whose cached copy does not fit the history. The next may be answered; in a run that stands
 * still every one fails.
 */
const FAILED_WITH_TASK = 3;

/** What the SDK says of a query without a handler. */
const NO_HANDLER = 'did not register a handler';

/**
 * Whether repeating one query may help, after failures that can pass.
 *
 * @param isOwn Whether a failure is the query's own, which would repeat.
 */
export function isStaleCopy(isOwn: (message: string) => boolean): (error: unknown) => boolean {
  let times = 0;
  const hasFailedWithTask = (error: unknown): boolean =>
    error instanceof QueryNotRegisteredError && !isOwn(errorText(error)) && (times += 1) <= FAILED_WITH_TASK;
  return (error) => isReadAhead(error) || hasFailedWithTask(error);
}

/** For queries whose only failure of their own is a missing handler. */
export function hasNoHandler(message: string): boolean {
  return message.includes(NO_HANDLER);
}

/** A worker was asked, and its copy of the run failed. */
export function isFailedQuery(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && !hasNoHandler(errorText(error));
}

/** For any query: a failure that does not mention the history is its own. */
export function isNotOfReplay(message: string): boolean {
  return !message.includes('[TMPRL1100]'); // The SDK's code of a replay that does not fit.
}

/** Longer than any pause. Unit: milliseconds. */
const LONG_MS = 60_000;

/** Growing waits between tries, from 250 ms to 5 s. A wait ends early when `signal` aborts. */
export class Patience {
  #ms = 250;

  async pause(signal: AbortSignal): Promise<void> {
    const ms = this.#ms;
    this.#ms = Math.min(5000, ms * 2);
    await pause(ms, signal);
  }

  restore(): void {
    this.#ms = 250;
  }
}

/**
 * Repeats while `isWorthIt` accepts the failure.
 *
 * @param deadline No pause goes beyond it. Unit: milliseconds, as of Date.now(). Default: none.
 */
export async function retryWhile<T>(
  send: () => Promise<T>,
  isWorthIt: (error: unknown) => boolean,
  deadline = Number.POSITIVE_INFINITY,
): Promise<T> {
  const patience = new Patience();
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isWorthIt(error)) throw error;
      const left = Math.min(Math.max(1, deadline - Date.now()), LONG_MS);
      await patience.pause(AbortSignal.timeout(left));
    }
  }
}

/** Ends early when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
