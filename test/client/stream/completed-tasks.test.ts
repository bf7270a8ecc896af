import { expect, test } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { CompletedTasks, completedIn } from '../../../src/client/stream/completed-tasks';

const { EventType } = temporal.api.enums.v1;
const SCHEDULED = { eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED };
const UPDATE = { workflowExecutionUpdateAcceptedEventAttributes: {} };
const never = new AbortController().signal;

function ended(id: number) {
  return { workflowTaskCompletedEventAttributes: { startedEventId: id as never } };
}

test('a task in which an update was taken is told from one after which it was', () => {
  expect(completedIn([ended(3), SCHEDULED, ended(6), {}, UPDATE, UPDATE, SCHEDULED, ended(12), UPDATE])).toEqual([
    { id: 3, hasUpdate: false },
    { id: 6, hasUpdate: true },
    { id: 12, hasUpdate: true },
  ]);
});

test('of a task it is known whether what was shown of it stands when it, or a later one, has ended, or the link has', async () => {
  const tasks = new CompletedTasks();
  const [third, sixth, ninth, later] = [3, 6, 9, 12].map((id) => tasks.has(id, never));
  tasks.add(completedIn([ended(3), SCHEDULED, ended(9), UPDATE]));
  expect([await third, await sixth, await ninth]).toEqual([true, false, false]);
  tasks.close();
  expect(await later).toBe(false);
});
