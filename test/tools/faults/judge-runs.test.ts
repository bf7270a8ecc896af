import { expect, test } from '@jest/globals';
import type { RunEvidence } from '../../../tools/faults/evidence';
import { judgeRun } from '../../../tools/faults/judge-runs';

/** What is found of a run that ended, after a workflow task of its failed so. */
function found(failure: string): readonly string[] {
  const seen = {
    status: 'COMPLETED',
    events: [{ type: 'StopEvent' }],
    pending: [],
    taskFailures: [failure],
    merged: 0,
  };
  const plan = { id: 'r', isToEnd: true, turns: [] };
  const evidence = { plan, seen, questions: [], acted: [], expired: [], callOf: () => undefined };
  return judgeRun(evidence as unknown as RunEvidence).map(({ kind }) => kind);
}

test('a workflow task that is done again, for what the SDK is known to do, is no finding', () => {
  expect(found('UNHANDLED_COMMAND: more came')).toEqual([]);
  expect(found('SHOWN_BY_A_QUERY: [TMPRL1100] Nondeterminism error')).toEqual([]);
  expect(found('WORKFLOW_WORKER_UNHANDLED_FAILURE: Script execution timed out after 10000ms')).toEqual([]);
});

test('one that does not fit its history is a finding, done again or not', () => {
  const misfit = '[TMPRL1100] Nondeterminism error: No command scheduled for event';
  const text = `${misfit} HistoryEvent(id: 20, WorkflowExecutionUpdateAccepted)`;
  expect(found(`NON_DETERMINISTIC_ERROR: ${text}`)).toEqual(['task failed']);
});
