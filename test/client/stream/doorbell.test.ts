import { expect, test } from '@jest/globals';
import { lastTasks } from '../../../src/client/stream/doorbell';
import { calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

test('the last tasks of a link are read from the end of its history, in order', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'a?' }]), says('Done.')]);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  await run.respond({ inputId: inputId as string }, 'yes');
  await run.result();
  const { workflow } = temporal.client.temporal;
  const { runId } = await workflow.getHandle(run.workflowId).describe();
  const { events } = await workflow.getHandle(run.workflowId).fetchHistory();
  const begun = events?.flatMap(({ workflowTaskCompletedEventAttributes: task }) => task?.startedEventId ?? []);
  const tasks = await lastTasks(temporal.client.temporal, { workflowId: run.workflowId, runId });
  expect(tasks.map(({ id }) => id)).toEqual(begun?.map(Number));
  // The question, the answer, the end.
  expect(tasks.slice(-3).map(({ hasUpdate }) => hasUpdate)).toEqual([false, true, false]);
}, 60_000);
