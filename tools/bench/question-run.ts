/**
 * Question run: the client's side of one run that asks one question. The same for both kinds.
 *
 * A plain Temporal client starts it, waits until its question is open, signals the answer, and waits
 * for the result. That the question is open is read off the run's history by a long poll: it is open
 * when a workflow task has ended after the first activity has. This asks nothing of the worker, and
 * both kinds have the same events up to there, so it costs both the same.
 *
 * @module
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ANSWER, QUESTION_RUN, RESPONSE, USER_MESSAGE } from './task';
import type { Served } from './start-worker-process';

/** Start a run, and wait until its question is open. */
export async function parkedRun(client: Client, worker: Served): Promise<WorkflowHandle> {
  const handle = await client.workflow.start(QUESTION_RUN[worker.kind], {
    workflowId: `bench-${worker.kind}-${crypto.randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [{ userMsg: USER_MESSAGE }],
  });
  await questionIsOpen(client, handle.workflowId);
  return handle;
}

/**
 * Answer a parked run, and check its result.
 *
 * @param from When the measuring began. Default: now.
 * @returns Milliseconds from then to having the result.
 */
export async function answer(handle: WorkflowHandle, from = performance.now()): Promise<number> {
  await send(handle);
  return await resultOf(handle, from);
}

/** Send the answer, and wait for nothing. */
export async function send(handle: WorkflowHandle): Promise<void> {
  await handle.signal('HumanResponseEvent', ANSWER);
}

/** @returns Milliseconds from `from` to having the result. */
export async function resultOf(handle: WorkflowHandle, from: number): Promise<number> {
  const result = (await handle.result()) as string | { readonly response: string };
  const ms = performance.now() - from;
  const response = typeof result === 'string' ? result : result.response;
  if (response !== RESPONSE) throw new Error(`The run ${handle.workflowId} gave "${response}", not "${RESPONSE}".`);
  return ms;
}

/** A whole run. @returns As `answer`. */
export async function wholeRun(client: Client, worker: Served): Promise<number> {
  return await answer(await parkedRun(client, worker));
}

/** Do something `count` times, `atOnce` of them side by side. */
export async function sideBySide<T>(count: number, atOnce: number, work: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      results.push(await work());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

/** Temporal's numbers: history event types, and the filter that lets all through. */
const WORKFLOW_TASK_COMPLETED = 7;
const ACTIVITY_TASK_COMPLETED = 12;
const ALL_EVENTS = 1;

/** Resolves when the run's question is open. */
export async function questionIsOpen(client: Client, workflowId: string): Promise<void> {
  let isReplied = false;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId },
      historyEventFilterType: ALL_EVENTS,
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const { eventType } of page.history?.events ?? []) {
      if (eventType === ACTIVITY_TASK_COMPLETED) isReplied = true;
      else if (isReplied && eventType === WORKFLOW_TASK_COMPLETED) return;
    }
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  throw new Error(`The run ${workflowId} ended before its question was open.`);
}
