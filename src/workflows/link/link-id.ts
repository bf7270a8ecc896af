/**
 * Link id: tells one link of a continue-as-new chain, or one firing of a cron, from every other.
 *
 * Question ids and idempotency keys are unique because of it. Unlike a run id it survives a reset, which reapplies
 * answers that name earlier questions.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';

export function linkId(): string {
  const { continuedFromExecutionRunId, firstExecutionRunId } = workflowInfo();
  return continuedFromExecutionRunId === undefined ? firstExecutionRunId : `${continuedFromExecutionRunId}c`;
}

/** Short enough to read out. Unique among runs that could be confused. */
export function shortLinkId(): string {
  return linkId().slice(-8);
}

/** This link, where questions may be named without a digest as earlier releases did: it was never reset. */
export function formerLink(): string | undefined {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId === originalExecutionRunId ? shortLinkId() : undefined;
}
