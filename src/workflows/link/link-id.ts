/**
 * Link id: tells one link of a workflow's continue-as-new chain, or one firing of a cron, from every other.
 *
 * Ids of questions and idempotency keys are made unique with it. It is the same when a run is
 * reset, which its run id is not: a reset replays answers that name questions of before.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';

export function linkId(): string {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  return continuedFromExecutionRunId === undefined ? firstExecutionRunId : `${continuedFromExecutionRunId}c`;
}

/** Short enough to be read out: unique among the runs that anybody confuses. */
export function shortLinkId(): string {
  return linkId().slice(-8);
}

/** This link, if questions may be named without their digest, as earlier releases did: it was never reset. */
export function formerLink(): string | undefined {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId ? shortLinkId() : undefined;
}
