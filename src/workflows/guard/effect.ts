/**
 * Effect: the commands of a workflow task that are certain to add history events.
 *
 * @module
 */
import type { ConcludeActivationInput } from '@temporalio/workflow';

export type Commands = ConcludeActivationInput['commands'];
type Command = Commands[number];

/** Each of these adds an event, whatever follows. A patch marker may still be removed. */
const LASTING = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
  'modifyWorkflowProperties',
  'upsertWorkflowSearchAttributes',
  'requestCancelExternalWorkflowExecution',
] as const satisfies readonly (keyof Command)[];

/** Covers one workflow task, which may have several activations: a command that a later one cancels is never sent. */
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

  /** A lower bound of the events that it adds. */
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

/** Counts each kind apart: an event of another kind with this number may be the same command, or its cancellation. */
function cancelledBy(command: Command): number | undefined {
  const { cancelTimer, requestCancelActivity, cancelSignalWorkflow, requestCancelNexusOperation } = command;
  const cancelled = cancelTimer ?? requestCancelActivity ?? cancelSignalWorkflow ?? requestCancelNexusOperation;
  return cancelled?.seq ?? command.cancelChildWorkflowExecution?.childWorkflowSeq ?? undefined;
}
