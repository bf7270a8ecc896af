import { expect, test } from '@jest/globals';
import { taskFailures } from '../../../tools/faults/task-failures';

const NON_DETERMINISM = 24;

/** Of a history in which one worker took an update, and another one failed so in the task after. */
function failure(identity: string, eventId: number, message: string): readonly string[] {
  return taskFailures([
    { eventId: at(4), workflowTaskCompletedEventAttributes: { identity: 'a' } },
    { eventId: at(19), workflowTaskCompletedEventAttributes: { identity: 'b' } },
    { eventId: at(20), workflowExecutionUpdateAcceptedEventAttributes: {} },
    {
      eventId: at(eventId),
      workflowTaskFailedEventAttributes: { cause: NON_DETERMINISM, identity, failure: { message } },
    },
  ]);
}

function at(eventId: number) {
  return { toString: () => String(eventId), valueOf: () => eventId } as never;
}

const MISFIT = '[TMPRL1100] Nondeterminism error: No command scheduled for event';
const UPDATE = `${MISFIT} HistoryEvent(id: 20, WorkflowExecutionUpdateAccepted)`;

test('a task that did not fit an update which another worker took is told from all others', () => {
  expect(failure('a', 27, UPDATE)).toEqual([`SHOWN_BY_A_QUERY: ${UPDATE}`]);
  expect(failure('b', 27, UPDATE)).toEqual([`NON_DETERMINISTIC_ERROR: ${UPDATE}`]);
  const other = `${MISFIT} HistoryEvent(id: 20, ActivityTaskScheduled)`;
  expect(failure('a', 27, other)).toEqual([`NON_DETERMINISTIC_ERROR: ${other}`]);
});
