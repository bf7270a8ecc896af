import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { linkIdsOf, sendNoise } from '../../setup/links';
import { allEvents, calls, eventOfType, json, says, useTemporal } from '../../setup/temporal';

/** More messages than Temporal takes of one execution, or than a link should have. */
const temporal = useTemporal();

/** It holds 2 MB, which no link can carry on. */
async function parkedAndLarge(): Promise<WorkflowHandler> {
  const run = await temporal.run('hoardingAgent', [
    calls(['hoard'], ['hoard'], ['confirm', { question: 'Yes?' }]),
    says('Done.'),
  ]);
  await eventOfType(run, 'InputRequiredEvent');
  return run;
}

async function answered(run: WorkflowHandler): Promise<void> {
  await run.respond({}, 'yes');
  expect(String(await run.result())).toBe('Done.');
}

test('thousands of signals that it refuses do not end a run that cannot go on in a new link', async () => {
  const run = await parkedAndLarge();
  await sendNoise(run, 4500);
  await expect(run.respond({ inputId: 'nobody' }, 'x')).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
  await run.sendEvent({ type: 'Early' });
  const refused = (await allSeen(run)).at(-1);
  expect(refused).toMatchObject({ type: 'AnswerRefused', message: expect.stringMatching(/holds too much/) });
  await temporal.stopWorker();
  await temporal.startWorker();
  await answered(run);
  expect(await linkIdsOf(temporal, run)).toHaveLength(1);
}, 180_000);

async function allSeen(run: WorkflowHandler): Promise<readonly { readonly type: string }[]> {
  const { events } = await run.status();
  const page = await temporal.client.temporal.workflow
    .getHandle(run.workflowId)
    .query<{ events: { type: string }[] }, [object]>('events', { after: events - 2 });
  return page.events;
}

test('thousands of updates that it refuses do not keep it from taking one', async () => {
  const run = await parkedAndLarge();
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  let refused = 0;
  for (let sent = 0; sent < 2100; sent += 10) {
    const some = Array.from({ length: 10 }, async () => {
      await handle.executeUpdate('respond', { args: [{ inputId: 'nobody', response: 'x' }] }).catch(() => {
        refused += 1;
      });
    });
    await Promise.all(some);
  }
  expect(refused).toBe(2100);
  await answered(run);
}, 180_000);

test('a run that takes a thousand updates goes on in a new link, and takes more of them', async () => {
  const items = Array.from({ length: 1050 }, (_none, nth) => String(nth));
  const run = await temporal.run('toolAgent', [calls(['one_by_one']), says('Done.')]);
  await eventOfType(run, 'ToolCall');
  await run.sendEvent({ type: 'HumanResponseEvent', response: '', items });
  for (const _item of items) await respondOnce(run);
  expect(String(await run.result())).toBe('Done.');
  expect((await linkIdsOf(temporal, run)).length).toBe(2);
  const events = await allEvents(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => (events[0]?.seq as number) + nth));
}, 400_000);

/** Named, because the same unnamed answer again is a duplicate. The next question may not be asked yet, or in a link that has not begun. */
async function respondOnce(run: WorkflowHandler): Promise<void> {
  for (;;) {
    try {
      const [question] = await run.pendingInputs();
      if (question === undefined) continue;
      await run.respond(question, 'yes');
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^(ANSWER_REFUSED|OUTCOME_UNKNOWN)$/) });
    }
  }
}

test('a run that is sent thousands of signals nobody handles goes on in a new link', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('Done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  for (let sent = 0; sent < 4100; sent += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async () => await temporal.signalRaw(run.workflowId, 'nobody', json(1))),
    );
  }
  await run.respond({}, { response: 'yes', user_name: 'Laurie' });
  expect(String(await run.result())).toBe('Done.');
  expect((await linkIdsOf(temporal, run)).length).toBe(2);
}, 180_000);
