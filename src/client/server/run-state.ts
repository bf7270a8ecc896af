/**
 * Run state: why a run does not answer, as Temporal tells it without a worker.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { describe } from './describe';
import { taskFailure } from './task-failure';

/**
 * `stuck`: its workflow task keeps failing on a worker; `failure` has the worker's words. `going`: it waits only for a
 * slow or missing worker on its `taskQueue`.
 */
export type RunState =
  | { readonly kind: 'none' | 'ended' | 'paused' }
  | { readonly kind: 'stuck'; readonly failure: string; readonly taskQueue: string }
  | { readonly kind: 'going'; readonly taskQueue: string };

/** It needs no worker, so a running server answers at once. Unit: milliseconds. */
const WITHIN_MS = 5000;

/** Temporal's numbers. */
const RUNNING = 1;
const PAUSED = 8;

/** @throws What the server, or the way to it, failed with. */
export async function runState(client: Client, workflowId: string): Promise<RunState> {
  return await client.withDeadline(Date.now() + WITHIN_MS, async () => {
    const run = await describe(client, workflowId);
    if (run === undefined) return { kind: 'none' };
    const { status, taskQueue, attempt } = run;
    if (status === PAUSED) return { kind: 'paused' };
    if (status !== RUNNING) return { kind: 'ended' };
    const failure = attempt > 1 ? await taskFailure(client, workflowId, run.runId) : undefined;
    return failure === undefined ? { kind: 'going', taskQueue } : { kind: 'stuck', failure, taskQueue };
  });
}
