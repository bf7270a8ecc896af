import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent, ContentPart } from '../../../src/protocol';
import { linkIdsOf, linksOf, useShortLinks } from '../../setup/links';
import { calls, says } from '../../setup/temporal';

const temporal = useShortLinks();

async function everyEvent(run: WorkflowHandler): Promise<readonly AnyEvent[]> {
  const events = (await linksOf(temporal, run)).flatMap((link) => link.events);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => nth));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  return events;
}

test('a conversation goes on over links: one stream, one place in the queue, one conversation', async () => {
  const run = await temporal.run('toolAgent', ({ messages }) => says(`re ${String(messages.at(-1)?.content)}`), {
    userMsg: 'm0',
    conversation: true,
  });
  for (let turn = 1; turn < 30; turn += 1) await run.sendMessage(`m${turn}`);
  await run.close();
  expect(await run.result()).toMatchObject({ response: 're m29', agent: 'toolAgent' });
  const links = await linksOf(temporal, run);
  expect(links.length).toBeGreaterThan(2);
  expect(links.map(({ oldest }) => oldest)).toEqual(links.map(({ events }) => events[0]?.seq));
  const events = await everyEvent(run);
  const turns = events.filter(({ type }) => type === 'TurnEnded');
  expect(turns.map(({ turn }) => turn)).toEqual(Array.from({ length: 30 }, (_none, turn) => turn));
  expect(events.filter(({ type }) => type === 'UserMessage').map(({ place }) => place)).toEqual(
    Array.from({ length: 29 }, (_none, place) => place),
  );
  expect(temporal.requests.at(-1)?.messages).toHaveLength(59);
  expect(events.filter(({ type }) => type.startsWith('StopEvent'))).toEqual([events.at(-1)]);
});

test('a turn of many steps goes on over links: no step is done twice, and its limits are of the whole turn', async () => {
  const step = calls(['add', { a: 1, b: 2 }]);
  const run = await temporal.run('toolAgent', () => step, { userMsg: 'Go.', maxIterations: 30 });
  await expect(run.result()).rejects.toMatchObject({ details: { cause: 'MAX_ITERATIONS' } });
  expect(temporal.requests).toHaveLength(30);
  expect(temporal.requests.at(-1)?.messages).toHaveLength(59);
  const events = await everyEvent(run);
  expect(events.filter(({ type }) => type === 'ToolCallResult')).toHaveLength(29);
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
  expect(await run.status()).toMatchObject({ step: 30, state: 'failed', events: events.length });
});

test('the agent that has the conversation, the store and what was settled go along', async () => {
  const many = Array.from({ length: 25 }, () => calls(['confirm', { question: 'ok? ' }]));
  const run = await temporal.run(
    'teamAgent',
    [calls(['handoff', { to_agent: 'B', reason: 'x' }]), ...many, says('B done.')],
    { userMsg: 'Go.', maxIterations: 50 },
  );
  let first: AnyEvent | undefined;
  for (let nth = 0, after = -1; nth < many.length; nth += 1) {
    const asked = await nextQuestion(run, after);
    first ??= asked;
    after = asked.seq as number;
    await run.respond(asked, 'yes');
  }
  expect(await run.result()).toMatchObject({ agent: 'B', response: 'B done.' });
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
  const context = (await run.context()) as { settled?: readonly { inputId: string }[] };
  expect(context.settled).toHaveLength(many.length);
  expect(context.settled?.[0]?.inputId).toBe(first?.inputId);
});

/** The open question after a place of the stream. */
async function nextQuestion(run: WorkflowHandler, after: number): Promise<AnyEvent> {
  for (;;) {
    const found = (await run.pendingInputs()).find(({ event }) => (event?.seq ?? -1) > after);
    if (found?.event !== undefined) return found.event;
  }
}

test('the time of a run is that of its whole chain', async () => {
  const began = Date.now();
  const run = await temporal.run('toolAgent', () => calls(['add', { a: 1, b: 2 }]), {
    userMsg: 'Go.',
    maxIterations: 100_000,
    timeout: '4 seconds',
  });
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TIMED_OUT' });
  expect(Date.now() - began).toBeLessThan(10_000);
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
});

test('a conversation too large to be carried is cut by the memory’s rule, and the stream says so', async () => {
  const long = 'x'.repeat(100_000);
  const before = temporal.model.requests.length;
  const run = await temporal.run('toolAgent', () => says('ok'), { userMsg: long, conversation: true });
  for (let turn = 1; turn < 25; turn += 1) {
    await temporal.model.whenRequested(before + turn);
    await run.sendMessage(`${turn} ${long}`);
  }
  await run.close();
  expect(String(await run.result())).toBe('ok');
  const events = await everyEvent(run);
  expect(events.filter(({ type }) => type === 'MemoryCompacted').length).toBeGreaterThan(0);
  expect(temporal.requests.at(-1)?.messages.at(-1)?.content).toBe(`24 ${long}`);
});

test('images go along over links, queued ones too, and the oldest leave where all are too much to be carried', async () => {
  const image = (nth: number): ContentPart => ({
    type: 'image_url',
    image_url: { url: `data:image/png;base64,${String(nth).padStart(4, '0')}${'A'.repeat(100_000)}` },
  });
  const before = temporal.model.requests.length;
  const run = await temporal.run('toolAgent', () => says('ok'), { userMsg: [image(0)], conversation: true });
  await temporal.model.whenRequested(before + 1);
  for (let turn = 1; turn < 25; turn += 2) {
    await run.sendMessage([image(turn)]);
    await run.sendMessage([image(turn + 1)]);
    await temporal.model.whenRequested(before + turn + 2);
  }
  await run.close();
  expect(String(await run.result())).toBe('ok');
  const events = await everyEvent(run);
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
  expect(events.filter(({ type }) => type === 'MemoryCompacted').length).toBeGreaterThan(0);
  expect(temporal.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual(
    Array.from({ length: 25 }, (_none, nth) => [image(nth)]),
  );
});

test('a run that holds more than it can carry goes on in its link', async () => {
  let asked = 0;
  const run = await temporal.run(
    'hoardingAgent',
    () => {
      asked += 1;
      return asked < 15 ? calls(['hoard'], ['hoard']) : says('Done.');
    },
    { userMsg: 'Go.', maxIterations: 50 },
  );
  expect(String(await run.result())).toBe('Done.');
  expect(await linkIdsOf(temporal, run)).toHaveLength(1);
});
