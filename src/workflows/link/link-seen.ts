/**
 * Link seen: what Temporal said of this link with the last news.
 *
 * Each task says how long the history is and whether to continue as new. A task with only a refused update says so too,
 * but no replay gets it, so a run must not act on it.
 *
 * @module
 */
import { type WorkflowInfo, workflowInfo } from '@temporalio/workflow';
import { thisWorkflow } from './this-workflow';

const seen = new WeakMap<object, WorkflowInfo>();

/** Called with each task that brings news. */
export function lookAtLink(): void {
  seen.set(thisWorkflow(), workflowInfo());
}

/** Without the guard: as of now. */
export function linkSeen(): WorkflowInfo {
  return seen.get(thisWorkflow()) ?? workflowInfo();
}
