/**
 * Local worker: the worker inside a command's own process.
 *
 * It stops gracefully with the command: its work is finished, or left to another worker.
 *
 * @module
 */
import type { WorkflowBundle } from '@temporalio/worker';
import { createWorker, type Implementation } from '../worker';
import type { Lifetime } from './lifetime';
import type { Temporal } from './temporal';

export interface LocalWorkerOptions {
  readonly temporal: Temporal;
  readonly taskQueue: string;
  readonly workflows: string;
  readonly workflowBundle: WorkflowBundle;
  readonly tools: readonly Implementation[];
  /** Asked instead of every agent's own. */
  readonly model?: string;
}

/**
 * Starts serving.
 *
 * @returns Rejects when it stops by itself; never resolves before `lifetime` ends.
 * @throws AgentError as `createWorker` does.
 */
export async function startWorker(
  options: LocalWorkerOptions,
  lifetime: Lifetime,
): Promise<{ readonly stopped: Promise<void> }> {
  const { temporal, taskQueue, workflows, workflowBundle, tools, model } = options;
  const worker = await createWorker({
    connection: temporal.connection,
    namespace: temporal.namespace,
    taskQueue,
    workflows,
    workflowBundle,
    tools,
    ...(temporal.dataConverter === undefined ? {} : { dataConverter: temporal.dataConverter }),
    ...(model === undefined ? {} : { model }),
  });
  const stopped = worker.run();
  stopped.catch(() => undefined);
  lifetime.closing(async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await stopped.catch(() => undefined);
  });
  return { stopped };
}
