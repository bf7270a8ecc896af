/**
 * Quiet tasks: keeps a workflow task that added no events ("quiet") apart from the next one in a replay.
 *
 * The SDK's core (1.24) merges the two in a replay and delivers signals first (temporalio/sdk-rust 1606, 1146). So a
 * signal of the second could answer a question before the first asks it. The second quiet task in a row therefore
 * records a marker. A question costs one quiet task and no marker.
 *
 * The marker is deprecated: a replay works with or without it, so it never stops a run.
 *
 * @module
 */
import { deprecatePatch, type WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { type Commands, CertainEvents } from './certain-events';
import { isHistoryJob } from './history-jobs';
import { currentRun } from '../run/current-run';

interface HistoryTask {
  /** The history length at which the task began: unique in a run. */
  readonly at: number;
  readonly certain: CertainEvents;
  isMarked: boolean;
}

function isQuiet({ certain, isMarked }: HistoryTask): boolean {
  return !isMarked && certain.count === 0;
}

/**
 * Does nothing in workflows that never open a context.
 *
 * @param takeCommands Takes the commands pushed since the SDK last concluded an activation.
 */
export function markingQuietTasks(takeCommands: () => Commands): WorkflowInternalsInterceptor {
  // A run's first task merges with the next as if a quiet one had come before it.
  let previous: HistoryTask = { at: 0, certain: new CertainEvents(), isMarked: false };
  let current = previous;
  let hasHistoryJobs = false;
  // A quiet task without history jobs may be hidden before the current one: that of a refused update,
  let mayHide = false;
  // or that of a cancelled activity whose end nobody awaits.
  let hasCancelled = false;
  let wasReplaying = false;
  return {
    activate(input, next) {
      const { jobs, historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      if ((jobs ?? []).some(isHistoryJob)) {
        if (at !== current.at) [previous, current] = [current, { at, certain: new CertainEvents(), isMarked: false }];
        hasHistoryJobs = true;
        // A worker that has just taken over the run has seen neither.
        mayHide ||= wasReplaying;
        wasReplaying = isReplaying === true;
      }
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = input;
      hasCancelled ||= commands.some(({ requestCancelActivity }) => requestCancelActivity != null);
      const { count } = current.certain;
      current.certain.add(commands);
      if (hasHistoryJobs) {
        const isHidden = isQuiet(current) && (isQuiet(previous) || mayHide || hasCancelled);
        if (isHidden && currentRun() !== undefined) {
          deprecatePatch(`countersign-${current.at}`);
          const marker = takeCommands();
          commands.push(...marker);
          current.isMarked = marker.length > 0;
        }
        mayHide = false;
      } else if (current.certain.count > count) mayHide = false;
      else mayHide ||= commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      hasHistoryJobs = false;
      return next(input);
    },
  };
}
