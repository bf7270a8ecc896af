import { expect, test } from '@jest/globals';
import { mergedTasks } from '../../../tools/faults/merged-tasks';

const TASK = ['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'];
const RESULT = ['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_COMPLETED'];
const MODEL = 'ACTIVITY_TASK_SCHEDULED';
const SIGNAL = 'WORKFLOW_EXECUTION_SIGNALED';
const UPDATE = 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED';
/** Made for an update, with a signal that came before a worker had it. */
const LATE = ['WORKFLOW_TASK_SCHEDULED', SIGNAL, 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED'];
const merged = (...types: readonly string[]): number =>
  mergedTasks({ events: types.map((eventType) => ({ eventType: `EVENT_TYPE_${eventType}` })) }).length;

test('a task with a result and without an effect, after one without, is given with the news of the task that follows at once', () => {
  expect(merged(...TASK, MODEL, ...RESULT, ...TASK, ...RESULT, ...TASK, ...LATE)).toBe(1);
});

test('so is the first task of a run, when it has no effect', () => {
  expect(merged('WORKFLOW_EXECUTION_STARTED', ...TASK, ...LATE)).toBe(1);
});

test('so is one after the task of an update that was refused', () => {
  expect(merged(...TASK, MODEL, ...TASK, ...RESULT, ...TASK, ...LATE)).toBe(1);
});

test('so is one that a task without news follows, whose time it has then', () => {
  expect(merged(...TASK, MODEL, ...TASK, ...RESULT, ...TASK, ...TASK)).toBe(1);
});

test('so are two that an update follows which is taken', () => {
  const quiet = [...RESULT, ...TASK];
  expect(merged(...TASK, MODEL, ...quiet, ...quiet, ...LATE, ...TASK, UPDATE)).toBe(1);
});

test('it is not after an effect, without news, when a signal comes before the next, or with an update that is taken', () => {
  expect(merged(...TASK, MODEL, ...RESULT, ...TASK, ...LATE)).toBe(0);
  expect(merged(...TASK, MODEL, ...TASK, ...TASK, ...LATE)).toBe(0);
  expect(merged(...TASK, MODEL, ...TASK, ...RESULT, ...TASK, SIGNAL, ...TASK)).toBe(0);
  expect(merged(...TASK, MODEL, ...TASK, ...RESULT, ...TASK, ...LATE, UPDATE)).toBe(0);
});
