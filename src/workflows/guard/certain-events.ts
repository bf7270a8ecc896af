/**
 * Certain events: a lower bound of the history events that a workflow task's commands add.
 *
 * @module
 */
import type { ConcludeActivationInput } from '@temporalio/workflow';

export type Commands = ConcludeActivationInput['commands'];
type Command = Commands[number];

/** Each adds an event for certain. A patch marker does not: it may still be removed. */
const LASTING = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
  'modifyWorkflowProperties',
  'upsertWorkflowSearchAttributes',
  'requestCancelExternalWorkflowExecution',
] as const satisfies readonly (keyof Command)[];

/** Covers one workflow task. A command that a later activation of it cancels is never sent. */
export class CertainEvents {
  readonly #pending = new Set<number>();
  #others = 0;

  add(commands: Commands): void {
    for (const command of commands) {
      const [started, cancelled] = [startedBy(command), cancelledBy(command)];
      if (started !== undefined) this.#pending.add(started);
      else if (cancelled !== undefined) this.#pending.delete(cancelled);
      else if (isLasting(command)) this.#others += 1;
    }
  }

  get count(): number {
    return this.#pending.size + this.#others;
  }
}

function isLasting(command: Command): boolean {
  const { updateResponse } = command;
  if (updateResponse != null) return updateResponse.rejected == null;
  return LASTING.some((name) => command[name] != null);
}

function startedBy(command: Command): number | undefined {
  const { startTimer, scheduleActivity, startChildWorkflowExecution, signalExternalWorkflowExecution } = command;
  const started = startTimer ?? scheduleActivity ?? startChildWorkflowExecution ?? signalExternalWorkflowExecution;
  return (started ?? command.scheduleNexusOperation)?.seq ?? undefined;
}

/**
 * Ignores the kind of command, although each kind counts from 1. Two commands with one number count as one, and
 * cancelling either removes both, so the bound stays low.
 */
function cancelledBy(command: Command): number | undefined {
  const { cancelTimer, requestCancelActivity, cancelSignalWorkflow, requestCancelNexusOperation } = command;
  const cancelled = cancelTimer ?? requestCancelActivity ?? cancelSignalWorkflow ?? requestCancelNexusOperation;
  return cancelled?.seq ?? command.cancelChildWorkflowExecution?.childWorkflowSeq ?? undefined;
}
