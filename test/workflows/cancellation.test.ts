import { expect, test } from '@jest/globals';
import { slowCalls, whenSlowCalls } from '../fixtures/implementations';
import { allEvents, calls, eventOfType, says, useTemporal } from '../setup/temporal';
import type { WorkflowHandler } from '../../src/client';

const temporal = useTemporal();

async function endsCancelled(run: WorkflowHandler): Promise<void> {
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  expect((await allEvents(run)).at(-1)).toMatchObject({
    type: 'StopEvent/WorkflowCancelledEvent',
    seq: expect.any(Number),
  });
  expect(await run.pendingInputs()).toEqual([]);
}

test('cancelled while parked, the run ends cancelled', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  await eventOfType(run, 'InputRequiredEvent');
  await endsCancelled(run);
});

test('cancelled during a model call, the run ends cancelled and the request is aborted', async () => {
  const before = temporal.model.aborted;
  const requested = temporal.model.requests.length + 1;
  const run = await temporal.run('dangerousAgent', [{ content: 'never', hold: new Promise(() => undefined) }]);
  await temporal.model.whenRequested(requested);
  await endsCancelled(run);
  await temporal.model.whenAborted(before + 1);
});

test('cancelled during an activity tool, the run ends cancelled and the tool is aborted', async () => {
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['slow'])]);
  await whenSlowCalls(before + 1);
  const { signal } = slowCalls[before] as { signal: AbortSignal };
  await endsCancelled(run);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
});

test('a tool that swallows its cancellation does not keep the run alive', async () => {
  const run = await temporal.run('toolAgent', [calls(['deaf'], ['direct']), says('never asked')]);
  await eventOfType(run, 'InputRequiredEvent');
  await endsCancelled(run);
});

test('a terminated run could write no end, so its watchers are given one without a place on the stream', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate('enough');
  const events = await allEvents(run);
  expect(events.at(-1)).toEqual({
    type: 'StopEvent/WorkflowCancelledEvent',
    message: expect.any(String),
    code: 'RUN_TERMINATED',
  });
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TERMINATED' });
});

test('a run that Temporal itself timed out ends so for its watchers', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])], 'Go.', {
    workflowExecutionTimeout: '1 second',
  });
  expect((await allEvents(run)).at(-1)).toMatchObject({
    type: 'StopEvent/WorkflowTimedOutEvent',
    code: 'RUN_TIMED_OUT',
  });
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TIMED_OUT' });
});
