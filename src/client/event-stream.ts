/**
 * Event stream: one watcher's view of a run.
 *
 * Every durable event once, in order of `seq`, from wherever the watcher left off. A missing worker or
 * server only delays it. It ends after the run's last event; for a run that could not write one
 * (terminated, or timed out by Temporal) that event is made here, without `seq`.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import {
  type AnyEvent,
  type EventsPage,
  type EventsRequest,
  QUERIES,
  WorkflowCancelledEvent,
  WorkflowFailedEvent,
  WorkflowTimedOutEvent,
} from '../protocol';
import { abortable } from './abortable';
import { doorbell } from './doorbell';
import { isPassing, Patience } from './patience';

/**
 * How long one query may take before it is asked again: one that is lost when its run leaves a worker's memory would keep
 * a watcher waiting for half a minute. Unit: milliseconds.
 */
const QUERY_WITHIN_MS = 10_000;

export async function* eventStream(
  client: Client,
  workflowId: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<AnyEvent, void, void> {
  // One link of the run: a later run of the same id is another run.
  let runId = await patiently(signal, async () => (await client.workflow.getHandle(workflowId).describe()).runId);
  let after = from;
  let isDone = false;
  const patience = new Patience();

  const unseen = async function* (link: string): AsyncGenerator<AnyEvent, void, void> {
    for (;;) {
      const page = await readPage(client, workflowId, link, after, signal);
      if (page === undefined) return;
      for (const event of page.events) {
        after = event.seq as number;
        yield event;
      }
      isDone = page.done;
      if (isDone || page.events.length === 0) return;
    }
  };

  while (runId !== undefined && !signal.aborted) {
    try {
      let next: string | undefined;
      for await (const ring of doorbell(client, { workflowId, runId }, signal)) {
        yield* unseen(runId);
        if (isDone) return;
        if (ring.kind === 'closed') {
          if (ring.next === undefined) return yield await endEvent(client, workflowId, runId);
          next = ring.next;
        }
        patience.restore();
      }
      // A workflow that continued as new begins a stream of its own.
      if (next !== undefined) [runId, after] = [next, -1];
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      await patience.pause(signal);
    }
  }
}

/** None: given up, because `signal` aborted. */
async function readPage(
  client: Client,
  workflowId: string,
  runId: string,
  after: number,
  signal: AbortSignal,
): Promise<EventsPage | undefined> {
  const handle = client.workflow.getHandle(workflowId, runId);
  return await patiently(signal, () =>
    client.withDeadline(Date.now() + QUERY_WITHIN_MS, () =>
      abortable(client, signal, () => handle.query<EventsPage, [EventsRequest]>(QUERIES.events, { after })),
    ),
  );
}

/** Ask until there is an answer. None: given up, because `signal` aborted. */
async function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T | undefined> {
  const patience = new Patience();
  while (!signal.aborted) {
    try {
      return await ask();
    } catch (error) {
      if (!signal.aborted && !isPassing(error)) throw error;
      await patience.pause(signal);
    }
  }
  return undefined;
}

async function endEvent(client: Client, workflowId: string, runId: string): Promise<AnyEvent> {
  const { status } = await client.workflow.getHandle(workflowId, runId).describe();
  switch (status.name) {
    case 'TERMINATED':
      return WorkflowCancelledEvent({ message: 'The run was terminated.', code: 'RUN_TERMINATED' });
    case 'TIMED_OUT':
      return WorkflowTimedOutEvent({ message: 'The run took longer than it was given.', code: 'RUN_TIMED_OUT' });
    case 'CANCELLED':
      return WorkflowCancelledEvent({ message: 'The run was cancelled.' });
    case 'COMPLETED':
      return { type: 'StopEvent' };
    default:
      return WorkflowFailedEvent({ message: 'The run failed: see its result.', code: 'RUN_FAILED' });
  }
}
