import { expect, test } from '@jest/globals';
import type { RunOptions, WorkflowHandler } from '../../../src/client';
import type { AnyEvent, EventsPage } from '../../../src/protocol';
import type { Ledger } from '../../fixtures/ledger';
import { CountedClient } from '../../setup/counted-client';
import { forgetLink, linkIdsOf, PROMPT_DELETION, useShortLinks } from '../../setup/links';
import { allEvents, eventOfType, says } from '../../setup/temporal';

const temporal = useShortLinks({ server: { dynamicConfig: PROMPT_DELETION } });

async function open(given: Ledger, options: RunOptions = {}): Promise<WorkflowHandler> {
  return await temporal.client.run('ledger', given, { taskQueue: temporal.taskQueue, ...options });
}

const seqsOf = (events: readonly AnyEvent[]): readonly unknown[] => events.map(({ seq }) => seq);
const numbers = (from: number, upTo: number): readonly number[] =>
  Array.from({ length: upTo - from }, (_none, nth) => from + nth);

test('a run of many links is one stream, for whoever follows it and for whoever comes late', async () => {
  const run = await open({ links: 5, entries: 50, waits: true });
  const here = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const followed: AnyEvent[] = [];
  for await (const event of run.streamEvents()) {
    followed.push(event);
    if (event.type === 'LastEntry') await here.signal('turn');
  }
  expect(seqsOf(followed)).toEqual(numbers(0, 251));
  const late = temporal.client.getHandler(run.workflowId);
  expect(await allEvents(late)).toEqual(followed);
  for (const after of [0, 48, 49, 50, 120, 199, 249, 250]) {
    expect(seqsOf(await allEvents(late, after))).toEqual(numbers(after + 1, 251));
  }
  expect(await linkIdsOf(temporal, run)).toHaveLength(5);
  expect([await run.result(), await late.result()]).toEqual(['closed', 'closed']);
});

test('what Temporal no longer keeps is said to be gone, once, and the rest follows', async () => {
  const run = await open({ links: 4, entries: 10 });
  await run.result();
  const links = await linkIdsOf(temporal, run);
  await forgetLink(temporal, run, links[1]);
  const late = temporal.client.getHandler(run.workflowId);
  const [expired, ...rest] = await allEvents(late);
  expect(expired).toEqual({ type: 'EventsExpired', oldest: 20 });
  expect(seqsOf(rest)).toEqual(numbers(20, 41));
  expect(seqsOf(await allEvents(late, 19))).toEqual(numbers(20, 41));
  expect((await allEvents(late, 3))[0]).toEqual(expired);
});

test('a watcher that was away so long that its link is gone goes on with the run', async () => {
  const run = await open({ links: 3, entries: 100, size: 20_000, waits: true });
  const slow = run.streamEvents();
  const seen = [(await slow.next()).value as AnyEvent];
  const here = temporal.client.temporal.workflow.getHandle(run.workflowId);
  for await (const { type } of temporal.client.getHandler(run.workflowId).streamEvents()) {
    if (type === 'LastEntry') await here.signal('turn');
  }
  await forgetLink(temporal, run, (await linkIdsOf(temporal, run))[0]);
  for await (const event of slow) seen.push(event);
  const gap = seen.findIndex(({ type }) => type === 'EventsExpired');
  expect(seqsOf(seen.slice(0, gap))).toEqual(numbers(0, gap));
  expect(gap).toBeLessThan(100);
  expect(seen[gap]).toEqual({ type: 'EventsExpired', oldest: 100 });
  expect(seqsOf(seen.slice(gap + 1))).toEqual(numbers(100, 301));
});

test('a handler of whoever started the run has its result after its first link is gone', async () => {
  const run = await open({ links: 3, entries: 2, waits: true });
  const here = temporal.client.temporal.workflow.getHandle(run.workflowId);
  let turned = 0;
  for await (const event of run.streamEvents()) {
    if (event.type !== 'LastEntry') continue;
    turned += 1;
    if (turned === 2) await forgetLink(temporal, run, (await linkIdsOf(temporal, run))[0]);
    await here.signal('turn');
  }
  expect(await run.result()).toBe('closed');
});

test('another run of the same id is not taken for a later link', async () => {
  const options = { workflowId: `twice-${crypto.randomUUID()}` };
  const first = await open({ links: 1, entries: 1 }, options);
  await first.result();
  const [firstId] = await linkIdsOf(temporal, first);
  const second = await open({ links: 1, entries: 3 }, options);
  await second.result();
  await forgetLink(temporal, first, firstId);
  await expect(first.result()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  expect(seqsOf(await allEvents(second))).toEqual(numbers(0, 4));
});

test('both kinds of handler speak to the latest link', async () => {
  const started = await temporal.client.run('relay', 2, { taskQueue: temporal.taskQueue });
  const found = temporal.client.getHandler(started.workflowId);
  const lap = async (left: number): Promise<AnyEvent> => {
    for await (const event of started.streamEvents()) if (event['prefix'] === `lap ${left}? `) return event;
    throw new Error('The stream ended before.');
  };
  for (const [left, handler] of [
    [2, started],
    [1, found],
    [0, started],
  ] as const) {
    const question = await lap(left);
    for (const one of [started, found]) {
      expect((await one.pendingInputs()).map(({ inputId }) => inputId)).toEqual([question.inputId]);
      expect(await one.status()).toMatchObject({ state: 'waiting', openInputs: 1 });
    }
    await handler.respond(question, 'on');
  }
  expect([await started.result(), await found.result()]).toEqual(['home', 'home']);
});

test('a long way back is asked by the late watcher alone, and each link once on the way', async () => {
  const run = await open({ links: 12, entries: 3 });
  await run.result();
  const counted = await CountedClient.connect(temporal.address);
  await allEvents(counted.client.getHandler(run.workflowId));
  // One look at each link on the way back, and on the way forward its page and the empty one after it.
  expect(counted.sent.filter(({ method }) => method === 'QueryWorkflow').length).toBeLessThanOrEqual(12 * 3);
  await counted.client.close();
});

test('an agent that goes on over links is followed live, and read from its start, without a gap', async () => {
  const run = await temporal.run('toolAgent', ({ messages }) => says(`re ${String(messages.at(-1)?.content)}`), {
    userMsg: 'm0',
    conversation: true,
  });
  const live = allEvents(run);
  for (let turn = 1; turn < 25; turn += 1) {
    await run.sendMessage(`m${turn}`);
    await eventOfType(run, 'AgentOutput');
  }
  await run.close();
  const events = await live;
  expect(seqsOf(events)).toEqual(numbers(0, events.length));
  expect(events.filter(({ type }) => type === 'TurnEnded')).toHaveLength(25);
  expect(events.at(-1)?.type).toBe('StopEvent');
  expect(await allEvents(temporal.client.getHandler(run.workflowId))).toEqual(events);
  const { runId } = await temporal.client.temporal.workflow.getHandle(run.workflowId).describe();
  const { oldest } = await temporal.client.temporal.workflow
    .getHandle(run.workflowId, runId)
    .query<EventsPage>('events');
  expect(oldest).toBeGreaterThan(0);
});
