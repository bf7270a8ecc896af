/**
 * Recorded rules: which rules judge a message that may come from history.
 *
 * In a replay, an earlier release may have accepted what is refused now, and so may this code while the question had
 * other words. Where that matters, today's decision is recorded as a patch marker. Without a marker the former rules
 * apply.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Rules } from './judge';
import type { Questions } from './questions';
import type { Incoming } from './question';

/** @param record Names the message in history. Absent: an update, which is in history only if it was accepted. */
export function recordedRules(questions: Questions, incoming: Incoming, record?: string): Rules {
  // History holds reapplied messages whatever became of them.
  if (incoming.isReapplied === true || !questions.isJudgedOtherwise(incoming)) return 'now';
  if (record === undefined) return wasTakenByFormer(questions, incoming) ? 'former' : 'now';
  return patched(`countersign-judged-${record}`) ? 'now' : 'former';
}

/** An update in a replay was accepted: by the former rules, or by today's where only those accept it. */
function wasTakenByFormer(questions: Questions, incoming: Incoming): boolean {
  return workflowInfo().unsafe.isReplaying && questions.judge(incoming, 'former').kind !== 'refused';
}
