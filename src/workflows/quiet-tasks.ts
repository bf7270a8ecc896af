/**
 * Quiet tasks: sees to it that a replay gives a run its news in the order in which they came.
 *
 * Of a workflow task that commanded nothing, after another such, the SDK's core (1.24) keeps no place: in a replay it gives
 * what came with it together with what came with the next, and signals first (temporalio/sdk-rust 1606, 1146). When an
 * update made Temporal begin that next task at once, a signal can be in it that answers what was only asked in the quiet
 * one: after the replay the answer comes before its question. So the second quiet task in a row commands something without
 * any effect, as does one after a refused update, whose task may be in the history: no two with news are taken for one.
 * A question has one quiet task, which costs nothing.
 *
 * @module
 */
import {
  type ActivateInput,
  type ConcludeActivationInput,
  deprecatePatch,
  patched,
  upsertMemo,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';

type Commands = ConcludeActivationInput['commands'];

/** In the history of a run that has commanded so. Where older code went on with a run, it has none and is replayed so. */
const NOTED = 'countersign-quiet-task';

interface Task {
  /** The length of the history it came with: no two of a run have the same. */
  readonly at: number;
  isQuiet: boolean;
}

/** One for each run that a worker holds. @param takeCommands What the SDK was told to command since it last concluded. */
export function notingQuietTasks(takeCommands: () => Commands): WorkflowInternalsInterceptor {
  // The first task of a run is given with the next as if one had gone before.
  let previous: Task = { at: 0, isQuiet: true };
  let current = previous;
  let hasNews = false;
  // Whether the history may have the task of a refused update between the last two. No replay knows of it.
  let mayHide = false;
  let wasReplaying = false;
  return {
    activate(input, next) {
      const { jobs, historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      if ((jobs ?? []).some(isNews)) {
        if (at !== current.at) [previous, current] = [current, { at, isQuiet: true }];
        hasNews = true;
        mayHide ||= wasReplaying;
        wasReplaying = isReplaying === true;
      }
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = input;
      if (hasEffect(commands)) {
        current.isQuiet = false;
        mayHide = false;
      } else if (hasNews && current.isQuiet) {
        if (previous.isQuiet && patched(NOTED)) {
          const marker = takeCommands();
          // Takes away a field that is not there; one without any field is refused by the server.
          if (marker.length === 0) upsertMemo({ [NOTED]: undefined });
          commands.push(...marker, ...takeCommands());
          current.isQuiet = false;
        } else if (mayHide) {
          // A marker that a replay may go without.
          deprecatePatch(`${NOTED}-${current.at}`);
          commands.push(...takeCommands());
        }
        mayHide = false;
      } else mayHide ||= commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      hasNews = false;
      return next(input);
    },
  };
}

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

/** An update that is refused is in no history, and one that is taken is an effect. */
function isNews({ queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache }: Job): boolean {
  return [queryWorkflow, doUpdate, notifyHasPatch, updateRandomSeed, removeFromCache].every((other) => other == null);
}

type Command = Commands[number];

/** Each makes an event of the history, whatever comes after it. */
const LASTING = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
  'setPatchMarker',
  'modifyWorkflowProperties',
  'upsertWorkflowSearchAttributes',
  'requestCancelExternalWorkflowExecution',
] as const satisfies readonly (keyof Command)[];

/** Whether it makes an event for certain. What is cancelled in the task that began it is never sent. */
function hasEffect(commands: Commands): boolean {
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
