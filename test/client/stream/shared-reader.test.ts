import { expect, test } from '@jest/globals';
import { Tail } from '../../../src/client/stream/tail';
import type { AnyEvent } from '../../../src/protocol';
import { CountedClient } from '../../setup/counted-client';
import { allEvents, calls, eventOf, eventOfType, says, useTemporal } from '../../setup/temporal';
import { watch } from '../../setup/watch';

const temporal = useTemporal();

test('a watcher that leaves leaves at once and disturbs nobody; with the last one everything stops', async () => {
  const counted = await CountedClient.connect();
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const [first, second] = [0, 1].map(() => watch(counted.client.getHandler(run.workflowId), 'InputRequiredEvent'));
  const abort = new AbortController();
  const third = (async () => {
    for await (const event of counted.client.getHandler(run.workflowId).streamEvents({ signal: abort.signal })) {
      if (event.type === 'InputRequiredEvent') abort.abort();
    }
  })();
  await Promise.all([first?.saw, second?.saw, third]);
  await first?.leave();
  await first?.end;
  expect(counted.open).toBeGreaterThan(0);
  await second?.leave();
  await counted.when(() => counted.open === 0);
  const { length } = counted.sent;
  await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
  await allEvents(run);
  expect(counted.sent).toHaveLength(length);
  await counted.client.close();
});

test('a slow watcher holds nobody back, and still sees each event once, in order', async () => {
  const counted = await CountedClient.connect();
  const run = counted.client.getHandler(
    (await temporal.client.run('ledger', { links: 1, entries: 60, size: 20_000 }, { taskQueue: temporal.taskQueue }))
      .workflowId,
  );
  const slow = run.streamEvents();
  const seen = [(await slow.next()).value as AnyEvent];
  const quick = await allEvents(run);
  for await (const event of slow) seen.push(event);
  expect(quick.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_none, seq) => seq));
  expect(seen).toEqual(quick);
  await counted.client.close();
});

test('what one watcher does to an event is not seen by another', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  const [mine, theirs] = [run.streamEvents(), run.streamEvents()];
  const event = (await mine.next()).value as { type: string };
  event.type = 'Spoiled';
  expect((await theirs.next()).value).toMatchObject({ type: 'AgentInput', seq: 0 });
  await Promise.all([mine.return?.(), theirs.return?.()]);
  await run.cancel();
});

test('a run that is not there, or goes away, is told to every watcher', async () => {
  const nobody = temporal.client.getHandler('nobody');
  for (const watching of [allEvents(nobody), allEvents(nobody)]) {
    await expect(watching).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  }
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  const watchers = [0, 1, 2].map(() => watch(run, 'InputRequiredEvent'));
  await Promise.all(watchers.map(({ saw }) => saw));
  await temporal.client.temporal.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId },
  });
  for (const { end } of watchers) await expect(end).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('watchers that begin anywhere share what the others read', async () => {
  const counted = await CountedClient.connect();
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  const mine = counted.client.getHandler(run.workflowId);
  const first = watch(mine, 'InputRequiredEvent');
  await first.saw;
  const queries = counted.count('QueryWorkflow');
  for (const after of [-1, 0, 2])
    expect(await eventOf(mine, ({ seq }) => seq === question.seq, after)).toEqual(question);
  expect(counted.count('QueryWorkflow') - queries).toBeLessThanOrEqual(1);
  await first.leave();
  await run.cancel();
  await counted.client.close();
});

test('a tail holds a page’s worth: the last thousand events, or the last MiB of them', () => {
  const many = new Tail(-1);
  for (let seq = 0; seq < 5000; seq += 1) many.append({ type: 'Note', seq });
  expect([many.first, many.head]).toEqual([4000, 4999]);
  expect(many.from(3999)).toBeUndefined();
  expect(many.from(4000)?.event).toEqual({ type: 'Note', seq: 4000 });
  expect(many.from(5000)).toBeUndefined();
  const large = new Tail(9);
  expect([large.first, large.head]).toEqual([10, 9]);
  for (let seq = 10; seq < 30; seq += 1) large.append({ type: 'Note', seq, text: 'x'.repeat(300_000) });
  expect([large.first, large.head]).toEqual([27, 29]);
  large.append({ type: 'Note', seq: 30, text: 'x'.repeat(3_000_000) });
  expect([large.first, large.head]).toEqual([30, 30]);
});
