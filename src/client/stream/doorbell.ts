/**
 * Doorbell: says when a run may have something new, without polling.
 *
 * A long poll on the run's history, which the server holds for about 20 s. It reads only that a workflow task
 * completed, since only then can the stream have grown, and how the run closed.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { abortable } from '../server/abortable';
import { completedIn, type CompletedTask } from './completed-tasks';
import { Rewound } from './rewound';
import { nextLink } from './links-after';
import { linkBefore } from './links-before';
import type { Link } from './pages';
import { isInvalid, isPassing, Patience } from '../server/patience';
import { type Failure, failureIn } from '../server/task-failure';

/** Temporal's filter for all history events. */
const ALL_EVENTS = 1;

/** Longer than any server holds a poll, so that a dead connection is noticed. Unit: milliseconds. */
const POLL_WITHIN_MS = 90_000;

/**
 * `rings`: look now. `fails`: a workflow task failed on its worker and nothing followed yet. `closed`: this link has
 * ended, look a last time; `next` is the run id of the following link, `previous` of the one before. `completed`:
 * workflow tasks completed since the last ring.
 */
export type Ring = { readonly completed: readonly CompletedTask[] } & (
  | { readonly kind: 'rings' }
  | { readonly kind: 'fails'; readonly failure: Failure }
  | { readonly kind: 'closed'; readonly next?: string; readonly previous?: string }
);

/**
 * Rings once at the start. Ends after `closed`, or quietly when `signal` aborts. Waits for a server that is away.
 *
 * @throws Rewound When the server's history is no longer the one it had.
 */
export async function* doorbell(client: Client, link: Link, signal: AbortSignal): AsyncGenerator<Ring, void, void> {
  const patience = new Patience();
  let nextPageToken: Uint8Array | undefined;
  let first: temporal.api.history.v1.IHistoryEvent | undefined;
  let last: temporal.api.history.v1.IHistoryEvent | undefined;
  const poll = () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: link,
      historyEventFilterType: ALL_EVENTS,
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
  yield { kind: 'rings', completed: [] };
  while (!signal.aborted) {
    let page: Awaited<ReturnType<typeof poll>>;
    try {
      page = await abortable(client, signal, () => client.withDeadline(Date.now() + POLL_WITHIN_MS, poll));
      patience.restore();
    } catch (error) {
      if (signal.aborted) return;
      // This copy of the history does not have the place where the last poll ended.
      if (nextPageToken !== undefined && isInvalid(error)) throw new Rewound();
      if (!isPassing(error)) throw error;
      await patience.pause(signal);
      continue;
    }
    const events = page.history?.events ?? [];
    const completed = completedIn(events);
    first ??= events[0];
    // The page after it can be empty.
    last = events.at(-1) ?? last;
    if (!page.nextPageToken || page.nextPageToken.length === 0) {
      const next = nextLink(last);
      const previous = linkBefore(first);
      yield { kind: 'closed', completed, ...(next ? { next } : {}), ...(previous ? { previous } : {}) };
      return;
    }
    nextPageToken = page.nextPageToken;
    if (completed.length > 0) yield { kind: 'rings', completed };
    const failure = lastFailure(events);
    if (failure !== undefined) yield { kind: 'fails', completed: [], failure };
  }
}

/** @returns The failure of a task after which none completed. */
function lastFailure(events: readonly temporal.api.history.v1.IHistoryEvent[]): Failure | undefined {
  const last = events.findLast(
    (event) => event.workflowTaskCompletedEventAttributes != null || failureIn(event) !== undefined,
  );
  return last && failureIn(last);
}

/** The last workflow tasks of a long link, without reading all of its history. */
export async function lastTasks(client: Client, link: Link): Promise<readonly CompletedTask[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: link,
  });
  return completedIn((history?.events ?? []).toReversed());
}
