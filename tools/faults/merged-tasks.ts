/**
 * Merged tasks: where Temporal's TypeScript SDK gives a run the news of two workflow tasks as if they had come together.
 *
 * Of a task that had no effect in the history, after another such, and that another one follows at once, the core (1.24)
 * makes one with it when it replays the run (temporalio/sdk-rust 1606, 1146: `find_end_index_of_next_wft_seq`). A signal of the
 * second then comes before the results of the first, an answer before its question. Runs are to see to it that no history
 * of theirs is read so: src/workflows/guard/quiet-tasks.ts.
 *
 * @module
 */

interface HistoryEvent {
  readonly eventType?: string;
}

const NEWS = [
  'WORKFLOW_EXECUTION_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
  'ACTIVITY_TASK_COMPLETED',
  'ACTIVITY_TASK_FAILED',
  'ACTIVITY_TASK_TIMED_OUT',
  'ACTIVITY_TASK_CANCELED',
  'TIMER_FIRED',
];
/** Written by the server. All else is taken for the effect of a task: nothing else comes in these runs. */
const NO_EFFECTS = [
  ...NEWS,
  'ACTIVITY_TASK_STARTED',
  'WORKFLOW_TASK_SCHEDULED',
  'WORKFLOW_TASK_STARTED',
  'WORKFLOW_TASK_COMPLETED',
  'WORKFLOW_TASK_TIMED_OUT',
  'WORKFLOW_TASK_FAILED',
];

/** @param history As the Temporal CLI shows it. @returns The places of the tasks that are given the news of another one. */
export function mergedTasks(history: object): readonly number[] {
  const { events = [] } = history as { readonly events?: readonly HistoryEvent[] };
  const types = events.map(({ eventType = '' }) => eventType.replace('EVENT_TYPE_', ''));
  const found: number[] = [];
  let hasEffect = false;
  /** Of the tasks that are given with the next, whether each brought news. */
  let kept: boolean[] = [];
  let hasNews = false;
  types.forEach((type, nth) => {
    hasEffect ||= !NO_EFFECTS.includes(type);
    hasNews ||= NEWS.includes(type);
    const isTaken = type === 'WORKFLOW_TASK_STARTED' && types[nth + 1] === 'WORKFLOW_TASK_COMPLETED';
    if (!isTaken) return;
    if (!hasEffect && types[nth + 2] === 'WORKFLOW_TASK_SCHEDULED') {
      kept.push(hasNews);
      hasNews = false;
      return;
    }
    // An update that was taken has its place: the task right before it then has one too.
    const merged = types[nth + 2] === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED' ? kept.slice(0, -1) : kept;
    if (merged.includes(true)) found.push(nth);
    [hasEffect, hasNews, kept] = [false, false, []];
  });
  return found;
}
