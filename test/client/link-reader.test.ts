import { expect, test } from '@jest/globals';
import type { EventsPage } from '../../src/protocol';
import { HeldTask } from '../setup/held-task';
import { allEvents, calls, eventOfType, says, useTemporal } from '../setup/temporal';

/** The task with which a run ends: in what it gives. */
const held = new HeldTask('"isError":false}]');
const temporal = useTemporal(held.options);
const other = useTemporal();

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
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TERMINATED' });
  } finally {
    held.release();
    await stopped;
  }
}, 60_000);
