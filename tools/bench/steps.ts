/**
 * Steps: how history grows over 100 steps of 2 KB, a model's reply of 1 KB and a tool's result of 1 KB.
 *
 * The tool is an activity tool: what it gives must be in history, while what a tool in the workflow
 * gives need not be. One run of each kind, because a run's bytes hardly vary. History is to grow in
 * line with the conversation, so late steps must cost what early ones do: measured by the size which
 * the server writes into every WorkflowTaskStarted, at each model call.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { STEPS, STEPS_RUN, USER_MESSAGE } from './task';
import { type Served, withWorkers } from './start-worker-process';

/** Ours, and that of bare/activities.ts. */
const MODEL_ACTIVITIES = ['callModel', 'askModel'];

export async function measureSteps(bench: Bench): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    const ours = await growthOfRun(bench, workers.ours);
    const bare = await growthOfRun(bench, workers.bare);
    return [
      figure({
        name: `history of ${STEPS} steps of 2 KB`,
        unit: 'MB',
        ours: [ours.bytes / 1e6],
        bare: [bare.bytes / 1e6],
        isCounted: true,
        target: { of: 'ours', bound: 'at most', value: 0.4 },
      }),
      figure({
        name: 'a step of the last quarter',
        unit: 'of one in the second',
        ours: [ours.lateToEarly],
        bare: [bare.lateToEarly],
        isCounted: true,
        target: { of: 'ours', bound: 'at most', value: 1.1 },
      }),
    ];
  });
}

export interface Growth {
  readonly events: number;
  readonly bytes: number;
  /** Bytes of the last quarter's steps to those of the second quarter's. */
  readonly lateToEarly: number;
}

export async function growthOfRun({ client }: Pick<Bench, 'client'>, worker: Served): Promise<Growth> {
  const handle = await client.workflow.start(STEPS_RUN[worker.kind], {
    workflowId: `bench-steps-${worker.kind}-${crypto.randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [{ userMsg: USER_MESSAGE }],
  });
  await handle.result();
  const sizes = await sizesAtModelCalls(client, handle.workflowId);
  if (sizes.length !== STEPS + 1) throw new Error(`The run made ${sizes.length} model calls, not ${STEPS + 1}.`);
  const quarter = (nth: number): number => at(sizes, (nth * STEPS) / 4) - at(sizes, ((nth - 1) * STEPS) / 4);
  const { historyLength, historySize = Number.NaN } = await handle.describe();
  return { events: historyLength, bytes: historySize, lateToEarly: quarter(4) / quarter(2) };
}

/** Read in small pages: whole, the bare run's history is larger than a message may be. */
async function sizesAtModelCalls(client: Client, workflowId: string): Promise<readonly number[]> {
  const sizes: number[] = [];
  let bytes = 0;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId },
      maximumPageSize: 50,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      const { workflowTaskStartedEventAttributes: task, activityTaskScheduledEventAttributes: activity } = event;
      if (task) bytes = Number(task.historySizeBytes);
      if (MODEL_ACTIVITIES.includes(activity?.activityType?.name ?? '')) sizes.push(bytes);
    }
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  return sizes;
}

function at(sizes: readonly number[], step: number): number {
  return sizes[step] ?? Number.NaN;
}
