/**
 * Quiet tasks: sees to it that a replay gives a run its news in the order in which they came.
 *
 * Of a workflow task that left no event of its own, after another such, the SDK's core (1.24) keeps no place: in a replay it
 * gives what came with it together with what came with the next, and signals first (temporalio/sdk-rust 1606, 1146). When an
 * update made Temporal begin that next task at once, a signal can be in it that answers what was only asked in the quiet
 * one: after the replay the answer comes before its question. So the second quiet task in a row records a marker, and no
 * two with news are taken for one. A question has one quiet task, which costs nothing.
 *
 * The marker is one that a replay may go without: whether there is one never decides whether a run can go on.
 *
 * @module
 */
import { deprecatePatch, type WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { type Commands, Effect } from './effect';
import { isNews } from './news';
import { openedRun } from '../run/opened';

interface NewsTask {
  /** The length of the history it came with: no two of a run have the same. */
  readonly at: number;
  readonly effect: Effect;
  isMarked: boolean;
}

function isQuiet({ effect, isMarked }: NewsTask): boolean {
  return !isMarked && effect.events === 0;
}

/**
 * One for each run that a worker holds; for workflows that never open a context it does nothing.
 *
 * @param takeCommands What the SDK was told to command since it last concluded.
 */
export function markingQuietTasks(takeCommands: () => Commands): WorkflowInternalsInterceptor {
  // The first task of a run is given with the next as if one had gone before.
  let previous: NewsTask = { at: 0, effect: new Effect(), isMarked: false };
  let current = previous;
  let hasNews = false;
  // The history may have a quiet task between the last two which brought no news: of an update that was refused,
  let mayHide = false;
  // or of an activity that was cancelled, whose end nobody waits for.
  let hasCancelled = false;
  let wasReplaying = false;
  return {
    activate(input, next) {
      const { jobs, historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      if ((jobs ?? []).some(isNews)) {
        if (at !== current.at) [previous, current] = [current, { at, effect: new Effect(), isMarked: false }];
        hasNews = true;
        // A worker that has just taken the run over cannot know of either.
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
