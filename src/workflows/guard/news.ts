/**
 * News: what of a task is in the history, whatever the run says to it.
 *
 * An update is not: one that is refused leaves nothing, and one that is taken is an effect of its task. A task that brings
 * no news is given to the run today, and to no replay.
 *
 * @module
 */
import type { ActivateInput } from '@temporalio/workflow';

export type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

export function isNews({ queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache }: Job): boolean {
  return [queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache].every((other) => other == null);
}
