/**
 * Doorbell: says when a run may have something new, without polling.
 *
 * A long poll on the run's history, which the server holds for about 20 s. Nothing is read from it but
 * that a workflow task has ended, because only then can the stream have grown.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { abortable } from './abortable';

/** Temporal's numbers of the history events that ring. */
const WORKFLOW_TASK_COMPLETED = 7;
const ALL_EVENTS = 1;

/** `rings`: look now. `closed`: the run has ended, look for the last time. Ends after `closed`. */
export type Ring = 'rings' | 'closed';

/** Rings once at the start. Ends early, quietly, when `signal` aborts. */
export async function* doorbell(client: Client, workflowId: string, signal: AbortSignal): AsyncGenerator<Ring, void, void> {
  let nextPageToken: Uint8Array | undefined;
  yield 'rings';
  while (!signal.aborted) {
    const page = await abortable(client, signal, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId },
        historyEventFilterType: ALL_EVENTS,
        waitNewEvent: true,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    );
    if (!page.nextPageToken || page.nextPageToken.length === 0) {
      yield 'closed';
      return;
    }
    nextPageToken = page.nextPageToken;
    if (page.history?.events?.some(({ eventType }) => eventType === WORKFLOW_TASK_COMPLETED)) yield 'rings';
  }
}
