/**
 * Current run: finds the run of the current workflow.
 *
 * Keyed by the SDK's workflow state, because all runs of a worker share this module.
 *
 * @module
 */
import type { Run } from './run';
import { thisWorkflow } from '../link/this-workflow';

const runs = new WeakMap<object, Run>();

/** @returns False when this workflow has a run already. */
export function registerRun(run: Run): boolean {
  const workflow = thisWorkflow();
  if (runs.has(workflow)) return false;
  runs.set(workflow, run);
  return true;
}

export function currentRun(): Run | undefined {
  return runs.get(thisWorkflow());
}
