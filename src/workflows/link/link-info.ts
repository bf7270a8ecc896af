/**
 * Link info: the history's length, and whether to continue as new, as of the last history jobs.
 *
 * A run must not act on what Temporal says in a task with only a refused update: no replay gets that task.
 *
 * @module
 */
import { type WorkflowInfo, workflowInfo } from '@temporalio/workflow';
import { thisWorkflow } from './this-workflow';

const seen = new WeakMap<object, WorkflowInfo>();

/** Call it for each activation with history jobs. */
export function refreshLinkInfo(): void {
  seen.set(thisWorkflow(), workflowInfo());
}

/** Without the guard: as of now. */
export function linkInfo(): WorkflowInfo {
  return seen.get(thisWorkflow()) ?? workflowInfo();
}
