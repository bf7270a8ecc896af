/**
 * Reset seen: whether a run has passed the point that Temporal's reset put it back to.
 *
 * A reset gives the run a new random seed, at the same place of its history in every replay.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';
import { isGuarded } from '../opened';
import { thisWorkflow } from '../this-workflow';

const passed = new WeakSet<object>();

/** The guard has seen the new seed. */
export function rememberReset(): void {
  passed.add(thisWorkflow());
}

/** Without the guard, a run that was ever reset counts as past it from its beginning. */
export function isPastReset(): boolean {
  if (isGuarded()) return passed.has(thisWorkflow());
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}
