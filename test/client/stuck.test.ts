import { expect, test } from '@jest/globals';
import { allEvents, eventOfType, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('a run that its worker cannot go on with is said to be stuck, in the worker’s words, by all that asks and watches', async () => {
  const run = await temporal.client.run('noSuchAgent', 'Go.', { taskQueue: temporal.taskQueue });
  const failure = expect.stringMatching(/workflow of type 'noSuchAgent': no such function/);
  const watching = allEvents(run);
  expect(await eventOfType(run, 'RunStuck')).toEqual({ type: 'RunStuck', failure });
  const stuck = { code: 'RUN_STUCK', message: failure, details: { workflowId: run.workflowId, failure } };
  await run.sendEvent({ type: 'Kept' });
  await Promise.all([
    expect(run.respond('any', { response: 'yes', answerId: 'mine' })).rejects.toMatchObject({
      ...stuck,
      details: { ...stuck.details, answerId: 'mine' },
    }),
    ...[() => run.status(), () => run.pendingInputs(), () => run.context()].map(
      async (ask) => await expect(ask()).rejects.toMatchObject(stuck),
    ),
  ]);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate('enough');
  expect((await watching).map(({ type }) => type)).toEqual(['RunStuck', 'StopEvent/WorkflowCancelledEvent']);
  await expect(run.status()).rejects.toMatchObject({ code: 'RUN_ENDED' });
}, 60_000);
