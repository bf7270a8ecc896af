/**
 * Pages: the events of one link of a run, asked of the run itself.
 *
 * A worker or a server that is away is waited for.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { type EventsPage, type EventsRequest, QUERIES } from '../protocol';
import { abortable } from './abortable';
import { isPassing, Patience } from './patience';

/** One of a run's continue-as-new links. */
export interface Link {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * How long one query may take before it is asked again: one that is lost when its run leaves a worker's memory would keep
 * a watcher waiting for half a minute. Unit: milliseconds.
 */
const QUERY_WITHIN_MS = 10_000;

/** None: given up, because `signal` aborted. */
export async function readPage(
  client: Client,
  { workflowId, runId }: Link,
  request: EventsRequest,
  signal: AbortSignal,
): Promise<EventsPage | undefined> {
  const handle = client.workflow.getHandle(workflowId, runId);
  return await patiently(client, signal, () => handle.query<EventsPage, [EventsRequest]>(QUERIES.events, request));
}

/** Ask until there is an answer. None: given up, because `signal` aborted. */
export async function patiently<T>(client: Client, signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
  const patience = new Patience();
  while (!signal.aborted) {
    try {
      return await abortable(client, signal, () => client.withDeadline(Date.now() + QUERY_WITHIN_MS, ask));
    } catch (error) {
      if (!signal.aborted && !isPassing(error)) throw error;
      await patience.pause(signal);
    }
  }
  return undefined;
}
