/**
 * History jobs: the jobs of an activation that history records whatever the run does.
 *
 * Updates are not: a refused one leaves nothing, an accepted one is an effect of its task. A replay may never deliver a
 * task without history jobs.
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
