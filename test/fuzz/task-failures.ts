/**
 * Task failures: whether Temporal ever had to try a workflow task of a run again because of what was in it.
 *
 * @module
 */
import { temporal } from '@temporalio/proto';
import type { TestTemporal } from '../setup/temporal';

/** Something more came while the task was done: it is done again, with that. Everybody's runs have those. */
const CAME_IN_BETWEEN: readonly unknown[] = [
  temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_UPDATE,
  // It was more than the server holds back.
  temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
];

/** @returns What they failed with. */
export async function taskFailures({ client }: TestTemporal, workflowId: string): Promise<readonly string[]> {
  const { events } = await client.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(
    ({ workflowTaskFailedEventAttributes: failed, workflowTaskTimedOutEventAttributes }) => {
      if (workflowTaskTimedOutEventAttributes != null) return ['timed out'];
      return failed == null || CAME_IN_BETWEEN.includes(failed.cause)
        ? []
        : [`${failed.cause}: ${failed.failure?.message ?? ''}`];
    },
  );
}
