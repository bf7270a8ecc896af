/**
 * Link id: unique for each link of a continue-as-new chain, and for each run of a cron.
 *
 * It makes question ids and idempotency keys unique. Unlike a run id it survives a reset, which reapplies answers to
 * earlier questions.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';

export function linkId(): string {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  return continuedFromExecutionRunId === undefined ? firstExecutionRunId : `${continuedFromExecutionRunId}c`;
}

/** Short enough to read out. */
export function shortLinkId(): string {
  return linkId().slice(-8);
}

/** The link whose questions may be named without a digest, as earlier releases did: one that was never reset. */
export function formerLink(): string | undefined {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId ? shortLinkId() : undefined;
}
