/**
 * Recorded refusal: one that another worker, or an earlier version, might not make.
 *
 * What a run refuses decides what it does next, so a replay must refuse the same: also with another schema, without the key
 * that was missing, or of a history from before there was the rule. So a refusal is recorded, as a Temporal patch marker,
 * and only a refusal: the usual path leaves no event.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow';

/**
 * The same for a rule that depends on the run's state alone: what is recorded, once, is that it holds from there on. A
 * flood of messages that it refuses leaves no events.
 */
export function recordedRule(record: string, problem: () => string | undefined): string | undefined {
  if (workflowInfo().unsafe.isReplaying) return patched(record) ? problem() : undefined;
  const found = problem();
  if (found !== undefined) patched(record);
  return found;
}

/**
 * Whether it is refused, and why. Not for queries and validators: they record nothing.
 *
 * @param record Names the refusal: one name for one thing in an execution, the same in every replay.
 */
export function recordedRefusal(record: string, problem: () => string | undefined): string | undefined {
  if (workflowInfo().unsafe.isReplaying) {
    // Asked in a replay it says what the history has, and writes nothing.
    return patched(record) ? (problem() ?? 'it was refused by the worker that it came to') : undefined;
  }
  const found = problem();
  if (found !== undefined) patched(record);
  return found;
}
