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

const guarded = new WeakSet<object>();

/** The guard is there, and says when a run has been given all that came with a task. */
export function rememberGuarded(): void {
  const workflow: object | undefined = thisWorkflow();
  if (workflow !== undefined) guarded.add(workflow);
}

export function isGuarded(): boolean {
  return guarded.has(thisWorkflow());
}

export function openedRun(): Run | undefined {
  return runs.get(thisWorkflow());
}
