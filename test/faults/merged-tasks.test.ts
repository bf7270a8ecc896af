import { expect, test } from '@jest/globals';
import { hasMergedTasks } from './merged-tasks';

const TASK = ['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'];
const RESULT = ['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_COMPLETED'];
const history = (...types: readonly string[]): object => ({ events: types.map((eventType) => ({ eventType })) });

test('a task with a result and without an effect, after one without and right before another, is merged', () => {
  expect(hasMergedTasks(history(...TASK, ...RESULT, ...TASK, ...TASK))).toBe(true);
});

test('so is the first task of a run, when it has no effect', () => {
  expect(hasMergedTasks(history('WORKFLOW_EXECUTION_STARTED', ...TASK, ...TASK))).toBe(true);
});

test('it is not after a task with an effect, without a result, or when a signal comes before the next', () => {
  expect(hasMergedTasks(history(...TASK, 'ACTIVITY_TASK_SCHEDULED', ...RESULT, ...TASK, ...TASK))).toBe(false);
  expect(hasMergedTasks(history(...TASK, ...TASK, ...TASK))).toBe(false);
  expect(hasMergedTasks(history(...TASK, ...RESULT, ...TASK, 'WORKFLOW_EXECUTION_SIGNALED', ...TASK))).toBe(false);
});
