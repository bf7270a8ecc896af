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
 * How long a query may take before it is repeated. A query lost when its run is evicted from the sticky cache would
 * otherwise cost half a minute. Grows, for workers that replay a lot. Unit: milliseconds.
 */
const FIRST_WITHIN_MS = 3000;
const LAST_WITHIN_MS = 30_000;

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
  for (let ms = FIRST_WITHIN_MS; !signal.aborted; ms = Math.min(LAST_WITHIN_MS, ms * 2)) {
    const deadline = Date.now() + ms;
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
