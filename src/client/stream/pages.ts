/**
 * Pages: the events of one link of a run, asked of the run itself.
 *
 * A worker or a server that is away is waited for.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { errorText, type EventsPage, type EventsRequest, QUERIES } from '../../protocol';
import { abortable } from '../server/abortable';
import { hasNoHandler, isFailedQuery, isNotReady, isPassing, isStaleCopy, Patience } from '../server/patience';

/** One of a run's continue-as-new links. */
export interface Link {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * How long a request may take before it is made again: a query that is lost when its run leaves a worker's memory would keep
 * a watcher waiting for half a minute. Longer each time, for a worker that has much to replay. Unit: milliseconds.
 */
const FIRST_WITHIN_MS = 3000;
const LAST_WITHIN_MS = 30_000;

/**
 * Returns `undefined` once `signal` has aborted.
 *
 * @param isClosed Whether the link is known to have ended. Default: it may go on.
 * @param onMisfit As of `patiently`.
 * @throws What `isNotReady`, of a link that has ended: nobody will answer.
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
 * Ask until there is an answer. Returns `undefined` once `signal` has aborted.
 *
 * @param isClosed As of `readPage`.
 * @param onMisfit Told why a worker that answers cannot, time after time; it is asked on. Default: that is thrown.
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
