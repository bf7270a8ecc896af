/**
 * Merged tasks: a known limit of Temporal's TypeScript SDK, known again in a history.
 *
 * Of a workflow task that had no effect in the history, and that another one follows at once, the core (1.24) makes one
 * with it when it replays the run (temporalio/sdk-rust 1606, 1146). What came with the second, a signal for example, is
 * then given to the run before the results that came with the first: an answer before its question. The stream is another
 * after the replay, or the replay does not fit the history, and the run cannot go on. It takes an update
 * that is refused while a signal comes, so the people of these runs, who contradict each other, meet it more than others.
 *
 * @module
 */

interface HistoryEvent {
  readonly eventType?: string;
}

const NEWS = [
  'WORKFLOW_EXECUTION_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'ACTIVITY_TASK_COMPLETED',
  'ACTIVITY_TASK_FAILED',
  'ACTIVITY_TASK_TIMED_OUT',
  'TIMER_FIRED',
];
/** Written by the server. All else is the effect of a task. */
const NO_EFFECTS = [
  ...NEWS,
  'ACTIVITY_TASK_STARTED',
  'WORKFLOW_TASK_SCHEDULED',
  'WORKFLOW_TASK_STARTED',
  'WORKFLOW_TASK_COMPLETED',
  'WORKFLOW_TASK_TIMED_OUT',
  'WORKFLOW_TASK_FAILED',
];

/** @param history As the Temporal CLI shows it. */
export function hasMergedTasks(history: object): boolean {
  const { events = [] } = history as { readonly events?: readonly HistoryEvent[] };
  const types = events.map(({ eventType = '' }) => eventType.replace('EVENT_TYPE_', ''));
  return types.some((type, nth) => {
    const isFollowed = type === 'WORKFLOW_TASK_STARTED' && types[nth + 1] === 'WORKFLOW_TASK_COMPLETED';
    if (!isFollowed || types[nth + 2] !== 'WORKFLOW_TASK_SCHEDULED') return false;
    const before = types.slice(0, nth);
    const since = before.slice(before.lastIndexOf('WORKFLOW_TASK_STARTED') + 1);
    return since.every((one) => NO_EFFECTS.includes(one)) && since.some((one) => NEWS.includes(one));
  });
}
