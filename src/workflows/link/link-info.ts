/**
 * Link info: what Temporal said of this link with the last history jobs.
 *
 * Each task brings the history's length and whether to continue as new. A run must not act on those of a task that
 * brought only a refused update: no replay gets it.
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
