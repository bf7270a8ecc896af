/**
 * Task failures: what the workflow tasks of a history failed with.
 *
 * @module
 */
import { temporal } from '@temporalio/proto';

const { WorkflowTaskFailedCause } = temporal.api.enums.v1;

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * The cause given to one task that is done again: a query had shown its worker a task that another one had, and an update
 * was taken there. test/workflows/guard/lost-task.long.test.ts makes it happen.
 */
export const SHOWN_BY_A_QUERY = 'SHOWN_BY_A_QUERY';
const UPDATE_TAKEN = /^\[TMPRL1100\].*HistoryEvent\(id: (\d+), WorkflowExecutionUpdateAccepted\)/;

/** @returns Temporal's name of each cause, and the message. */
export function taskFailures(events: readonly HistoryEvent[]): readonly string[] {
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => {
    if (failed == null) return [];
    const message = failed.failure?.message ?? '';
    const taken = UPDATE_TAKEN.exec(message)?.[1];
    const task = events.findLast(({ eventId, workflowTaskCompletedEventAttributes: completed }) => {
      return completed != null && taken !== undefined && Number(eventId) < Number(taken);
    })?.workflowTaskCompletedEventAttributes;
    const isOthers = task !== undefined && task?.identity !== failed.identity;
    const cause = WorkflowTaskFailedCause[failed.cause ?? 0] ?? String(failed.cause);
    return `${isOthers ? SHOWN_BY_A_QUERY : cause.replace('WORKFLOW_TASK_FAILED_CAUSE_', '')}: ${message}`;
  });
}
