/**
 * Opened: the run of a workflow, an agent's or one that was opened by hand.
 *
 * Found by the SDK's own state of the workflow, because this module is shared by all runs of a worker.
 *
 * @module
 */
import type { Run } from './run';
import { thisWorkflow } from '../link/this-workflow';

const runs = new WeakMap<object, Run>();

/** @returns False when this workflow has opened one already. */
export function rememberOpened(run: Run): boolean {
  const workflow = thisWorkflow();
  if (runs.has(workflow)) return false;
  runs.set(workflow, run);
  return true;
}

export function openedRun(): Run | undefined {
  return runs.get(thisWorkflow());
}
