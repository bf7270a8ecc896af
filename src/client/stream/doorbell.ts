/**
 * Doorbell: says when a run may have something new, without polling.
 *
 * A long poll on the run's history, which the server holds for about 20 s. Nothing is read from it but
 * that a workflow task has ended, because only then can the stream have grown, and how the run closed.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { abortable } from '../server/abortable';
import { completedIn, type CompletedTask } from './completed-tasks';
import { Forgotten } from './forgotten';
import { nextLink } from './links-after';
import { linkBefore } from './links-before';
import type { Link } from './pages';
import { isInvalid, isPassing, Patience } from '../server/patience';
import { type Failure, failureIn } from '../server/task-failure';

/** Temporal's number of the filter that lets all history events through. */
const ALL_EVENTS = 1;

/** Longer than any server holds a poll: a connection that is dead without saying so is found out. Unit: milliseconds. */
const POLL_WITHIN_MS = 90_000;

/**
 * `rings`: look now. `fails`: a workflow task has failed on its worker, and nothing came of it yet. `closed`: this link has
 * ended, look for the last time; `next` is the run id of the link that follows, `previous` of the one before. `completed`:
 * the workflow tasks that have ended since the last ring.
 */
export type Ring = { readonly completed: readonly CompletedTask[] } & (
  | { readonly kind: 'rings' }
  | { readonly kind: 'fails'; readonly failure: Failure }
  | { readonly kind: 'closed'; readonly next?: string; readonly previous?: string }
);

/**
 * Rings once at the start. Ends after `closed`, or early, quietly, when `signal` aborts. A server that is away is waited for.
 *
 * @throws Forgotten When the server has another history than it had.
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
      // The place in the history where the last poll ended is not in this copy of it.
      if (nextPageToken !== undefined && isInvalid(error)) throw new Forgotten();
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

/** @returns The failure of a task after which none was completed. */
function lastFailure(events: readonly temporal.api.history.v1.IHistoryEvent[]): Failure | undefined {
  const last = events.findLast(
    (event) => event.workflowTaskCompletedEventAttributes != null || failureIn(event) !== undefined,
  );
  return last && failureIn(last);
}

/** The last workflow tasks of a link that is long, without reading all of its history. */
export async function lastTasks(client: Client, link: Link): Promise<readonly CompletedTask[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: link,
  });
  return completedIn((history?.events ?? []).toReversed());
}
