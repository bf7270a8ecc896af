/**
 * Quiet tasks: a replay delivers a run's jobs in the order in which they came.
 *
 * The SDK's core (1.24) merges a workflow task that added no events with the next one in a replay, and delivers signals
 * first (temporalio/sdk-rust 1606, 1146). If an update made Temporal start that next task, it can hold a signal that
 * answers a question of the quiet task; replayed, the answer comes before its question. So the second quiet task in a
 * row records a marker, and no two tasks with news are merged. A question costs one quiet task and no marker.
 *
 * A replay works with or without the marker, so it can never stop a run.
 *
 * @module
 */
import { deprecatePatch, type WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { type Commands, Effect } from './effect';
import { isNews } from './news';
import { openedRun } from '../run/opened';

interface NewsTask {
  /** The history length that it came with: unique in a run. */
  readonly at: number;
  readonly effect: Effect;
  isMarked: boolean;
}

function isQuiet({ effect, isMarked }: NewsTask): boolean {
  return !isMarked && effect.events === 0;
}

/**
 * One for each run that a worker holds. Does nothing in workflows that never open a context.
 *
 * @param takeCommands Takes the commands since the SDK last concluded an activation.
 */
export function markingQuietTasks(takeCommands: () => Commands): WorkflowInternalsInterceptor {
  // A run's first task merges with the next as if another had come before it.
  let previous: NewsTask = { at: 0, effect: new Effect(), isMarked: false };
  let current = previous;
  let hasNews = false;
  // Two tasks may hide a quiet one without news between them: an update that was refused,
  let mayHide = false;
  // or an activity that was cancelled and whose end nobody awaits.
  let hasCancelled = false;
  let wasReplaying = false;
  return {
    activate(input, next) {
      const { jobs, historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      if ((jobs ?? []).some(isNews)) {
        if (at !== current.at) [previous, current] = [current, { at, effect: new Effect(), isMarked: false }];
        hasNews = true;
        // A worker that has just taken over the run cannot know of either.
        mayHide ||= wasReplaying;
        wasReplaying = isReplaying === true;
      }
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = input;
      hasCancelled ||= commands.some(({ requestCancelActivity }) => requestCancelActivity != null);
      const { events } = current.effect;
      current.effect.add(commands);
      if (hasNews) {
        const isHidden = isQuiet(current) && (isQuiet(previous) || mayHide || hasCancelled);
        if (isHidden && openedRun() !== undefined) {
          deprecatePatch(`countersign-${current.at}`);
          const marker = takeCommands();
          commands.push(...marker);
          current.isMarked = marker.length > 0;
        }
        mayHide = false;
      } else if (current.effect.events > events) mayHide = false;
      else mayHide ||= commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      hasNews = false;
      return next(input);
    },
  };
}
