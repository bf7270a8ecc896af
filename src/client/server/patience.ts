/**
 * Patience: going on when the server, or a worker, is away for a while.
 *
 * @module
 */
import { QueryNotRegisteredError, QueryRejectedError } from '@temporalio/client';
import { errorText, isReadAhead } from '../../protocol';
import { GRPC, grpcErrorOf } from '../../connection';

/** gRPC codes of what passes by itself: no server, no worker, or one that is slow or starting. So does a pause. */
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

/** What the server can never take. */
export function isInvalid(error: unknown): boolean {
  return grpcErrorOf(error)?.code === GRPC.invalidArgument;
}

/** In the details of what the server says where it asks no worker. */
const NOT_READY = 'WorkflowNotReadyFailure';

/**
 * Whether the server asks no worker: none of the link's workflow tasks has ended, or the last one kept failing. That passes
 * while the link is open, and never does when it is closed.
 */
export function isNotReady(error: unknown): boolean {
  const cause = grpcErrorOf(error);
  return cause?.metadata.get('grpc-status-details-bin').some((details) => details.includes(NOT_READY)) ?? false;
}

/**
 * How often one query may fail with what is not its own. With a workflow task that fails, all queries fail that waited for
 * it; so does one whose copy of the run does not fit the history, which is thrown away then. The next may be answered; of a
 * run that stands still for good every one fails.
 */
const FAILED_WITH_TASK = 3;

/** What the SDK says of a query that a workflow does not have. */
const NO_HANDLER = 'did not register a handler';

/**
 * For one query: whether what it failed with, time after time, is gone when it is asked again.
 *
 * @param isOwn Whether that is a failure of the query itself, which would only fail again.
 */
export function isStaleCopy(isOwn: (message: string) => boolean): (error: unknown) => boolean {
  let times = 0;
  const hasFailedWithTask = (error: unknown): boolean =>
    error instanceof QueryNotRegisteredError && !isOwn(errorText(error)) && (times += 1) <= FAILED_WITH_TASK;
  return (error) => isReadAhead(error) || hasFailedWithTask(error);
}

/** For a query that fails with nothing of its own, but where a workflow does not have it. */
export function hasNoHandler(message: string): boolean {
  return message.includes(NO_HANDLER);
}

/** A worker was asked, and its copy of the run has failed. */
export function isFailedQuery(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && !hasNoHandler(errorText(error));
}

/** For any query: a failure that says nothing of the history is the query's own. */
export function isNotOfReplay(message: string): boolean {
  return !message.includes('[TMPRL1100]'); // The SDK's code of a replay that does not fit.
}

/** Longer than any pause. Unit: milliseconds. */
const LONG_MS = 60_000;

/** Waits between tries: longer each time, from a quarter of a second to five seconds. Ends early when `signal` aborts. */
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
 * Sends again while what failed is worth it.
 *
 * @param deadline No pause is longer. Unit: milliseconds, as of Date.now(). Default: none.
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
