import { describe, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { linksOf, sendNoise } from '../../setup/links';
import { calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

/** As many signals as force a move, and then something more, all of it for one task of a worker that starts then. */
async function inTheTaskOfTheMove(run: WorkflowHandler, more: () => Promise<unknown>): Promise<void> {
  await temporal.stopWorker();
  await sendNoise(run, 2000);
  await more();
  await temporal.startWorker();
}

describe('what comes in the very task that moves a run', () => {
  test.each(['patient', 'twice'])(
    'an answer to "%s" is given to its wait, once',
    async (tool) => {
      const run = await temporal.run('toolAgent', [calls([tool]), says('Done.')]);
      const question = await eventOfType(run, 'InputRequiredEvent');
      const { inputId = '' } = question;
      await inTheTaskOfTheMove(run, async () => {
        await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId });
      });
      if (tool === 'twice') await run.respond(await eventOf(run, ({ prefix }) => prefix === 'age? '), '42');
      expect(String(await run.result())).toBe('Done.');
      const events = (await linksOf(temporal, run)).flatMap((link) => link.events);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => nth));
      expect(events.filter(({ type, inputId: of }) => type === 'InputRequiredEvent' && of === inputId)).toHaveLength(1);
    },
    60_000,
  );

  test('a cancellation ends the run', async () => {
    const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }])]);
    await eventOfType(run, 'InputRequiredEvent');
    await inTheTaskOfTheMove(run, async () => {
      await run.cancel();
    });
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  }, 60_000);
});

test('an answer that comes with the start of a run that is gone on with is judged by what its waits take', async () => {
  const first = await temporal.run('toolAgent', [
    calls(['approve_refund', { amount: 1 }], ['confirm', { question: 'Sure? ' }]),
  ]);
  await questionsOf(first, 2);
  const context = await first.context();
  await first.cancel();
  temporal.model.script([says('Done.')]);
  const { workflowId } = await temporal.client.temporal.workflow.signalWithStart('toolAgent', {
    workflowId: `with-start-${crypto.randomUUID()}`,
    taskQueue: temporal.taskQueue,
    args: [{ context }],
    signal: 'HumanResponseEvent',
    signalArgs: [{ response: 'yes' }],
  });
  const run = temporal.client.getHandler(workflowId);
  expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'Sure?  yes' });
  expect(await run.pendingInputs()).toMatchObject([{ event: { prefix: 'Refund 1?' } }]);
  await run.cancel();
});
