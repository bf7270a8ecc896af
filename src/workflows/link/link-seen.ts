/**
 * Link seen: what Temporal says of this link of a run, as of the last news.
 *
 * With each task Temporal says how long the history is, and whether the run should go on in a new link. A task that
 * brings only an update which is refused says so too, and no replay is given it: a run that went on because of it could
 * not be replayed.
 *
 * @module
 */
import { type WorkflowInfo, workflowInfo } from '@temporalio/workflow';
import { thisWorkflow } from './this-workflow';

const seen = new WeakMap<object, WorkflowInfo>();

/** With each task that brings news. */
export function lookAtLink(): void {
  seen.set(thisWorkflow(), workflowInfo());
}

/** Without the guard, as it is now. */
export function linkSeen(): WorkflowInfo {
  return seen.get(thisWorkflow()) ?? workflowInfo();
}
