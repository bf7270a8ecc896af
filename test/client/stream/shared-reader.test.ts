import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { Tail } from '../../../src/client/stream/tail';
import type { AnyEvent } from '../../../src/protocol';
import { CountedClient } from '../../setup/counted-client';
import { allEvents, calls, eventOf, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const POLL = 'GetWorkflowExecutionHistory';

/** A watcher that goes on, and says when it has seen an event of a type. */
function watch(
  run: WorkflowHandler,
  type: string,
): { readonly seen: AnyEvent[]; readonly saw: Promise<void>; readonly end: Promise<void>; leave(): Promise<void> } {
  const seen: AnyEvent[] = [];
  const events = run.streamEvents();
  let tell: () => void = () => undefined;
  const saw = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const end = (async () => {
    for await (const event of events) {
      seen.push(event);
      if (event.type === type) tell();
    }
  })();
  end.catch(() => undefined);
  return { seen, saw, end, leave: async () => void (await events.return?.()) };
}

/** From one long poll to the next, after all is read: what was asked, and how long it took. */
async function fromPollToPoll(
  counted: CountedClient,
): Promise<{ readonly methods: readonly string[]; readonly ms: number }> {
  const next = async (): Promise<number> => {
    const polls = counted.count(POLL);
    await counted.when(() => counted.count(POLL) > polls);
    return counted.sent.length - 1;
  };
  const [from, upTo] = [await next(), await next()];
  const asked = counted.sent.slice(from + 1, upTo + 1);
  return { methods: asked.map(({ method }) => method), ms: (asked.at(-1)?.at ?? 0) - (counted.sent[from]?.at ?? 0) };
}

test('a parked run with a hundred watchers, and a conversation after a failed turn, cost a request in 15 s or more', async () => {
  const [forRun, forTalk] = await Promise.all([CountedClient.connect(), CountedClient.connect()]);
  const talk = await temporal.run('toolAgent', [{ status: 401 }], { userMsg: 'Hello?', conversation: true });
  const listener = watch(forTalk.client.getHandler(talk.workflowId), 'TurnEnded');
  await listener.saw;
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const watchers = Array.from({ length: 100 }, () =>
    watch(forRun.client.getHandler(run.workflowId), 'InputRequiredEvent'),
  );
  await Promise.all(watchers.map(({ saw }) => saw));

  for (const { methods, ms } of await Promise.all([fromPollToPoll(forRun), fromPollToPoll(forTalk)])) {
    expect(methods).toEqual([POLL]);
    expect(ms).toBeGreaterThanOrEqual(15_000);
  }

  const before = forRun.sent.length;
  await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
  await Promise.all(watchers.map(({ end }) => end));
  const durable = watchers.map(({ seen }) => seen.filter(({ seq }) => seq !== undefined));
  for (const seen of durable) expect(seen.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(forRun.sent.slice(before).filter(({ method }) => method === 'QueryWorkflow').length).toBeLessThan(20);
  await talk.close();
  await listener.end;
  await Promise.all([forRun.client.close(), forTalk.client.close()]);
}, 90_000);

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
