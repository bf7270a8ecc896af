/**
 * Recorded rules: by which rules a message is judged that a history may hold.
 *
 * In a replay, code of before may have taken what is refused today, and so may this code when the question had other
 * words. So where it matters, a decision by the rules of today is recorded in the history, as a Temporal patch marker;
 * without one the message was judged as code of before judged it.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Rules } from './judge';
import type { Questions } from './questions';
import type { Incoming } from './question';

/** @param record Names the message in the history. Default: it is an update, which is in a history only when it was taken. */
export function recordedRules(questions: Questions, incoming: Incoming, record?: string): Rules {
  // What came with a reset is in the history whatever became of it.
  if (incoming.isReapplied === true || !questions.isJudgedAnew(incoming)) return 'now';
  if (record === undefined) return wasTakenByFormer(questions, incoming) ? 'former' : 'now';
  return patched(`countersign-judged-${record}`) ? 'now' : 'former';
}

/** An update that comes up in a replay was taken: by the former rules, or by those of today where only these take it. */
function wasTakenByFormer(questions: Questions, incoming: Incoming): boolean {
  return workflowInfo().unsafe.isReplaying && questions.judge(incoming, 'former').kind !== 'refused';
}
