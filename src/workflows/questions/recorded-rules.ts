/**
 * Recorded rules: which rules judge a message that history may hold.
 *
 * In a replay, earlier code may have accepted what is refused today, and so may this code while the question had other
 * words. Where that matters, a decision by today's rules is recorded as a Temporal patch marker. Without a marker the
 * message is judged as earlier code judged it.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow';
import type { Rules } from './judge';
import type { Questions } from './questions';
import type { Incoming } from './question';

/** @param record Names the message in history. Default: it is an update, which is in history only if accepted. */
export function recordedRules(questions: Questions, incoming: Incoming, record?: string): Rules {
  // A reapplied message is in history whatever became of it.
  if (incoming.isReapplied === true || !questions.isJudgedAnew(incoming)) return 'now';
  if (record === undefined) return wasTakenByFormer(questions, incoming) ? 'former' : 'now';
  return patched(`countersign-judged-${record}`) ? 'now' : 'former';
}

/** An update seen in a replay was accepted: by the former rules, or by today's where only these accept it. */
function wasTakenByFormer(questions: Questions, incoming: Incoming): boolean {
  return workflowInfo().unsafe.isReplaying && questions.judge(incoming, 'former').kind !== 'refused';
}
