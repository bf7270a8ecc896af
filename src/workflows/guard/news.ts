/**
 * News: the jobs of an activation that are in history whatever the run does with them.
 *
 * An update is not: a refused one leaves nothing, and an accepted one is an effect of its task. A task without news may
 * be delivered today and never in a replay.
 *
 * @module
 */
import type { ActivateInput } from '@temporalio/workflow';

export type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

export function isNews({ queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache }: Job): boolean {
  return [queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache].every((other) => other == null);
}
