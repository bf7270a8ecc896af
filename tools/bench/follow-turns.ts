/**
 * Follow turns: the client's side of a conversation. The same for both kinds.
 *
 * That a turn is over is read off the run's history by a long poll, from link to link, as in
 * question-run.ts: a workflow task has ended after an activity has.
 *
 * @module
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { CHAT_TEXT, CONVERSATION_RUN } from './task';
import type { Served } from './start-worker-process';

/** Temporal's numbers: history event types, and the filter that lets all through. */
const WORKFLOW_TASK_COMPLETED = 7;
const ACTIVITY_TASK_COMPLETED = 12;
const ALL_EVENTS = 1;

export interface Conversation {
  readonly workflowId: string;
  /** Runs that it has gone on over, the first one too. */
  readonly links: number;
  /** History events of all links so far. */
  readonly events: number;
  /** @returns Milliseconds from sending a message to the end of its turn. */
  turn(): Promise<number>;
  /** @returns What was said last. */
  close(): Promise<string>;
}

export async function startConversation(client: Client, worker: Served): Promise<Conversation> {
  const handle: WorkflowHandle = await client.workflow.start(CONVERSATION_RUN[worker.kind], {
    workflowId: `bench-chat-${worker.kind}-${crypto.randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [{ conversation: true }],
  });
  const { workflowId } = handle;
  let runId = (await handle.describe()).runId;
  let nextPageToken: Uint8Array | undefined;
  let [links, events] = [1, 0];

  /** Follows it to the end of a task: the next one, or the next that comes after the end of an activity. */
  async function taskIsOver(after: 'start' | 'reply'): Promise<void> {
    let [hasBegun, isOver] = [after === 'start', false];
    while (!isOver) {
      const page = await client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId },
        historyEventFilterType: ALL_EVENTS,
        waitNewEvent: true,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      });
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
      let hasEnded = nextPageToken === undefined;
      for (const event of page.history?.events ?? []) {
        events += 1;
        if (event.eventType === ACTIVITY_TASK_COMPLETED) hasBegun = true;
        else if (hasBegun && event.eventType === WORKFLOW_TASK_COMPLETED) isOver = true;
        const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
        if (typeof next !== 'string') continue;
        [runId, nextPageToken, hasEnded] = [next, undefined, false];
        links += 1;
      }
      if (hasEnded && !isOver) throw new Error(`The run ${workflowId} ended while it was followed.`);
    }
  }

  // A message that came with the run's first task would have no task of its own.
  await taskIsOver('start');
  return {
    workflowId,
    get links() {
      return links;
    },
    get events() {
      return events;
    },
    async turn() {
      const from = performance.now();
      await handle.signal('sendMessage', { text: CHAT_TEXT });
      await taskIsOver('reply');
      return performance.now() - from;
    },
    async close() {
      await handle.signal('close');
      const result = (await handle.result()) as string | { readonly response: string };
      return typeof result === 'string' ? result : result.response;
    },
  };
}
