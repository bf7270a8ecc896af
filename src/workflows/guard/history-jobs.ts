/**
 * History jobs: the jobs of an activation that history records whatever the run does.
 *
 * Updates are not among them: a refused one leaves nothing, and an accepted one is an effect of its task. A task
 * without history jobs may never be delivered in a replay.
 *
 * @module
 */
import type { ActivateInput } from '@temporalio/workflow';

export type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

export function isHistoryJob({
  queryWorkflow,
  doUpdate,
  notifyHasPatch,
  updateRandomSeed,
  removeFromCache,
}: Job): boolean {
  return [queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache].every((other) => other == null);
}
