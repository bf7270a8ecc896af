import { expect, test } from '@jest/globals';
import type { EventsPage } from '../../../src/protocol';
import { HeldTask } from '../../setup/held-task';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

/** The task with which a run ends: in what it gives. */
const held = new HeldTask('"isError":false}]');
const temporal = useTemporal(held.options);
const other = useTemporal();

test('a run that is terminated before it did anything ends for its watchers, though no query of it is ever answered', async () => {
  const run = await temporal.client.run('toolAgent', 'Go.', { taskQueue: 'nobody' });
  const early = allEvents(run);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate('enough');
  const end = [{ type: 'StopEvent/WorkflowCancelledEvent', message: expect.any(String), code: 'RUN_TERMINATED' }];
  expect(await early).toEqual(end);
  expect(await allEvents(run)).toEqual(end);
});

test('a watcher that has seen more than the run has begins again, and so does nobody who shares its reader', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'a?' }]), says('Done.')]);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  const far = allEvents(run, 149);
  const [beyond, all] = [allEvents(run, 49), allEvents(run)];
  await run.respond({ inputId: inputId as string }, 'yes');
  expect((await all).map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(await far).toEqual(await all);
  expect(await beyond).toEqual(await all);
});

test('of a run that is terminated while its last task is under way, nobody is shown the end that it would have had', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'a?' }]), says('Done.')]);
  const early = allEvents(run);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  const reached = held.hold();
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId: inputId as string });
  await reached;
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  await handle.terminate('enough');
  const stopped = temporal.stopWorker();
  try {
    await other.startWorker({ taskQueue: temporal.taskQueue, openai: temporal.openai });
    // The run itself says that it has ended, by a task that the server does not have.
    expect(await handle.query<EventsPage>('events')).toMatchObject({ done: true, unsettled: { from: 6 } });

    const late = await allEvents(run);
    expect(late.map(({ type }) => type)).toEqual([
      'AgentInput',
      'AgentOutput',
      'ToolCall',
      'InputRequiredEvent',
      'ToolCallResult',
      'AgentInput',
      'StopEvent/WorkflowCancelledEvent',
    ]);
    expect(await early).toEqual(late);
    // Nor by a reader whose first watcher has seen more of another run.
    expect(await Promise.all([allEvents(run, 149), allEvents(run)])).toEqual([late, late]);
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TERMINATED' });
  } finally {
    held.release();
    await stopped;
  }
}, 60_000);
