/**
 * Effect: what of that which a run commands in a task leaves an event in its history.
 *
 * @module
 */
import type { ConcludeActivationInput } from '@temporalio/workflow';

export type Commands = ConcludeActivationInput['commands'];
type Command = Commands[number];

/** Each makes an event of the history, whatever comes after it. Markers of patches may be taken away again. */
const LASTING = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
  'modifyWorkflowProperties',
  'upsertWorkflowSearchAttributes',
  'requestCancelExternalWorkflowExecution',
] as const satisfies readonly (keyof Command)[];

/**
 * Of one workflow task, which can be more than one activation: what one begins the next can cancel, and then it is never
 * sent.
 */
export class Effect {
  readonly #begun = new Set<number>();
  #others = 0;

  add(commands: Commands): void {
    for (const command of commands) {
      const [begun, cancelled] = [begunBy(command), cancelledBy(command)];
      if (begun !== undefined) this.#begun.add(begun);
      else if (cancelled !== undefined) this.#begun.delete(cancelled);
      else if (isLasting(command)) this.#others += 1;
    }
  }

  /** So many events it has at least. */
  get events(): number {
    return this.#begun.size + this.#others;
  }
}

function isLasting(command: Command): boolean {
  const { updateResponse } = command;
  if (updateResponse != null) return updateResponse.rejected == null;
  return LASTING.some((name) => command[name] != null);
}

function begunBy(command: Command): number | undefined {
  const { startTimer, scheduleActivity, startChildWorkflowExecution, signalExternalWorkflowExecution } = command;
  const begun = startTimer ?? scheduleActivity ?? startChildWorkflowExecution ?? signalExternalWorkflowExecution;
  return (begun ?? command.scheduleNexusOperation)?.seq ?? undefined;
}

/** Counted for each kind apart: one of another kind with this number is taken for the same, or for cancelled as well. */
function cancelledBy(command: Command): number | undefined {
  const { cancelTimer, requestCancelActivity, cancelSignalWorkflow, requestCancelNexusOperation } = command;
  const cancelled = cancelTimer ?? requestCancelActivity ?? cancelSignalWorkflow ?? requestCancelNexusOperation;
  return cancelled?.seq ?? command.cancelChildWorkflowExecution?.childWorkflowSeq ?? undefined;
}
