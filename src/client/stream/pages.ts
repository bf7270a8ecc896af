/**
 * Pages: the events of one link of a run, queried from the run.
 *
 * Waits for a worker or server that is away.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { errorText, type EventsPage, type EventsRequest, QUERIES } from '../../protocol';
import { abortable } from '../server/abortable';
import { hasNoHandler, isFailedQuery, isNotReady, isPassing, isStaleCopy, Patience } from '../server/patience';

/** One execution of a run's continue-as-new chain. */
export interface Link {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * How long a query may take before it is repeated. Unit: milliseconds.
 *
 * Some are lost: when their run is evicted from a worker's cache, and at a worker whose copy of the run is broken, which
 * answers none. The next may reach another worker, so every second wait is short. The others grow, for workers that
 * replay a lot.
 */
const SHORT_MS = 3000;
const LONGEST_MS = 30_000;

/**
 * Returns `undefined` once `signal` has aborted.
 *
 * @param isClosed Whether the link has ended. Default: it may go on.
 * @param onMisfit As of `patiently`.
 * @throws When the link has ended and nobody will answer (`isNotReady`).
 */
export async function readPage(
  client: Client,
  { workflowId, runId }: Link,
  request: EventsRequest,
  signal: AbortSignal,
  isClosed: () => boolean = () => false,
  onMisfit?: (why: string) => void,
): Promise<EventsPage | undefined> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const ask = () => handle.query<EventsPage, [EventsRequest]>(QUERIES.events, request);
  return await patiently(client, signal, ask, isClosed, onMisfit);
}

/**
 * Repeats until there is an answer. Returns `undefined` once `signal` has aborted.
 *
 * @param isClosed As of `readPage`.
 * @param onMisfit Told why a worker that answers keeps failing; the query goes on. Default: that is thrown.
 */
export async function patiently<T>(
  client: Client,
  signal: AbortSignal,
  ask: () => Promise<T>,
  isClosed: () => boolean = () => false,
  onMisfit?: (why: string) => void,
): Promise<T | undefined> {
  const patience = new Patience();
  const isStale = isStaleCopy(hasNoHandler);
  for (let nth = 0; !signal.aborted; nth += 1) {
    const deadline = Date.now() + withinMs(nth);
    const isLast = isClosed();
    try {
      return await abortable(client, signal, () => client.withDeadline(deadline, ask));
    } catch (error) {
      if (!signal.aborted && isLast && isNotReady(error)) throw error;
      if (!signal.aborted && !isPassing(error) && !isStale(error)) {
        if (onMisfit === undefined || !isFailedQuery(error)) throw error;
        onMisfit(errorText(error));
      }
      await patience.pause(signal);
    }
  }
  return undefined;
}

/** @returns 3, 6, 3, 12, 3, 24, 3, 30, 3, 30... seconds. */
function withinMs(nth: number): number {
  return nth % 2 === 0 ? SHORT_MS : Math.min(LONGEST_MS, SHORT_MS * 2 ** ((nth + 1) / 2));
}
