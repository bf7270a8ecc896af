import { describe, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent, EventsPage } from '../../../src/protocol';
import { calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

/** As many signals as force a move, and then something more, all of it for one task of a worker that starts then. */
async function inTheTaskOfTheMove(run: WorkflowHandler, more: () => Promise<unknown>): Promise<void> {
  await temporal.stopWorker();
  const noise = { type: 'HumanResponseEvent', response: 'noise', inputId: 'nobody' };
  for (let sent = 0; sent < 2000; sent += 100) {
    await Promise.all(Array.from({ length: 100 }, async () => await run.sendEvent(noise)));
  }
  await more();
  await temporal.startWorker();
}

/** What the links of a run hold, oldest first. */
async function linksOf(run: WorkflowHandler): Promise<readonly (readonly AnyEvent[])[]> {
  const { workflow } = temporal.client.temporal;
  const links: (readonly AnyEvent[])[] = [];
  let runId: string | undefined = (await workflow.getHandle(run.workflowId).describe()).runId;
  while (runId !== undefined) {
    const events: AnyEvent[] = [];
    let page: EventsPage;
    do {
      const after = events.at(-1)?.seq ?? -1;
      page = await workflow.getHandle(run.workflowId, runId).query<EventsPage, [object]>('events', { after });
      events.push(...page.events);
    } while (page.more === true);
    links.unshift(events);
    runId = page.previous;
  }
  return links;
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
      const events = (await linksOf(run)).flat();
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
