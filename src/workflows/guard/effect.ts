/**
 * Effect: whether what a run commands in a task leaves an event in its history.
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

/** Whether it makes an event for certain. What is cancelled in the task that began it is never sent. */
export function hasEffect(commands: Commands): boolean {
  const cancelled = new Set(commands.map((command) => cancelledBy(command)));
  return commands.some((command) => {
    const begun = begunBy(command);
    if (begun !== undefined) return !cancelled.has(begun);
    const { updateResponse } = command;
    if (updateResponse != null) return updateResponse.rejected == null;
    return LASTING.some((name) => command[name] != null);
  });
}

function begunBy(command: Command): number | undefined {
  const { startTimer, scheduleActivity, startChildWorkflowExecution, signalExternalWorkflowExecution } = command;
  const begun = startTimer ?? scheduleActivity ?? startChildWorkflowExecution ?? signalExternalWorkflowExecution;
  return (begun ?? command.scheduleNexusOperation)?.seq ?? undefined;
}

/** Counted for each kind apart: one of another kind with this number is taken for cancelled as well. */
function cancelledBy(command: Command): number | undefined {
  const { cancelTimer, requestCancelActivity, cancelSignalWorkflow, requestCancelNexusOperation } = command;
  const cancelled = cancelTimer ?? requestCancelActivity ?? cancelSignalWorkflow ?? requestCancelNexusOperation;
  return cancelled?.seq ?? command.cancelChildWorkflowExecution?.childWorkflowSeq ?? undefined;
}
