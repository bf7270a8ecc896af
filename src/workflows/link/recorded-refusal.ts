/**
 * Recorded refusal: a refusal that another worker, or an earlier release, might not make.
 *
 * A replay must repeat it: with another schema, without the missing key, or in a history older than the rule. So it is
 * recorded as a patch marker. Only refusals are, so the usual path adds no event.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * For a rule that depends on the run's state alone: recorded once, so that a flood of refused messages adds no events.
 */
export function recordedRule(record: string, problem: () => string | undefined): string | undefined {
  if (workflowInfo().unsafe.isReplaying) return patched(record) ? problem() : undefined;
  const found = problem();
  if (found !== undefined) patched(record);
  return found;
}

/**
 * Why it is refused, if it is. Not for queries and validators, which record nothing.
 *
 * @param record Names the refusal: unique in an execution, the same in every replay.
 */
export function recordedRefusal(record: string, problem: () => string | undefined): string | undefined {
  if (workflowInfo().unsafe.isReplaying) {
    // In a replay `patched` returns what history has and writes nothing.
    return patched(record) ? (problem() ?? 'it was refused by the worker that it came to') : undefined;
  }
  const found = problem();
  if (found !== undefined) patched(record);
  return found;
}
