import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { AgentClient, AgentStream, type WorkflowHandler } from '../../../src/client';
import { type AnyEvent, LIMITS, MODEL_ACTIVITY, type RunInput } from '../../../src/protocol';
import type { ScriptedReply } from '../../../src/testing';
import { CountedClient } from '../../setup/counted-client';
import { allEvents, calls, eventOfType, says, TestTemporal, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const DESCRIBE = 'DescribeWorkflowExecution';
const TEXT = 'The quick brown fox jumps over the lazy dog.';

/** Something that has not happened yet. */
function gate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** A reply of which half is sent, until the gate opens. */
function half(content = TEXT): { readonly reply: ScriptedReply; open(): void } {
  const { passed, open } = gate();
  return { reply: { content, holdMidway: passed }, open };
}

/** The whole stream, ephemeral events too. `onStream` is called at each AgentStream. */
async function watched(
  run: WorkflowHandler,
  onStream: (seen: readonly AnyEvent[]) => void,
  after = -1,
): Promise<readonly AnyEvent[]> {
  const seen: AnyEvent[] = [];
  for await (const event of run.streamEvents({ after })) {
    seen.push(event);
    if (AgentStream.is(event)) onStream(seen);
  }
  return seen;
}

const streamsOf = (events: readonly AnyEvent[]) => events.filter(AgentStream.is);

test('what the model says is seen before it has ended; it has no seq, and is not in the log', async () => {
  const answer = half();
  const run = await temporal.run('toolAgent', [answer.reply]);
  const seen = await watched(run, answer.open);
  const [first] = streamsOf(seen);
  expect(first).toEqual({
    type: 'AgentStream',
    agent: 'toolAgent',
    delta: first?.response,
    response: first?.response,
    attempt: 1,
  });
  expect(TEXT.startsWith(first?.response ?? '?')).toBe(true);
  expect(first?.response.length).toBeLessThan(TEXT.length);
  expect(
    TEXT.startsWith(
      streamsOf(seen)
        .map(({ delta }) => delta)
        .join(''),
    ),
  ).toBe(true);
  const durable = seen.filter((event) => !AgentStream.is(event));
  expect(durable.map(({ type }) => type)).toEqual(['AgentInput', 'AgentOutput', 'StopEvent']);
  expect(durable).toEqual(await allEvents(run));
  expect(seen.findLastIndex((event) => AgentStream.is(event))).toBeLessThan(
    seen.findIndex(({ type }) => type === 'AgentOutput'),
  );
  expect(streamsOf(await watched(run, () => undefined))).toEqual([]);
});

test('a watcher that joins in the middle gets the text so far at once, wherever it begins', async () => {
  const answer = half();
  const run = await temporal.run('toolAgent', [answer.reply]);
  const first = await eventOfType(run, 'AgentStream');
  const late = eventOfType(run, 'AgentStream');
  const again = eventOfType(temporal.client.getHandler(run.workflowId), 'AgentStream', 0);
  for (const event of [await late, await again]) {
    expect(event['delta']).toBe(event['response']);
    expect(String(event['response']).startsWith(String(first['response']))).toBe(true);
  }
  answer.open();
  await run.result();
});

test('an attempt that is made again begins its text again, and says which it is', async () => {
  const broken = gate();
  const second = half('Again, from the start.');
  const run = await temporal.run('toolAgent', [
    { disconnect: true, content: TEXT, holdMidway: broken.passed },
    second.reply,
  ]);
  const seen = await watched(run, (events) =>
    AgentStream.is(events.at(-1)) && events.at(-1)?.['attempt'] === 1 ? broken.open() : second.open(),
  );
  const attempts = [1, 2].map((attempt) => streamsOf(seen).filter((event) => event.attempt === attempt));
  expect(TEXT.startsWith(attempts[0]?.map(({ delta }) => delta).join('') || '?')).toBe(true);
  expect('Again, from the start.'.startsWith(attempts[1]?.map(({ delta }) => delta).join('') || '?')).toBe(true);
  expect(attempts[1]?.[0]?.delta).toBe(attempts[1]?.[0]?.response);
});

test('agents that work side by side are told apart, and no word comes after its reply', async () => {
  const texts = { Left: 'Left is what was asked of me.', Right: 'Right is what I was to say, and no more.' };
  const both = gate();
  const run = await temporal.run('headAgent', ({ messages }) => {
    const [system, ...said] = messages.map(({ content }) => String(content));
    if (system?.includes('head')) return said.length > 1 ? says('Done.') : calls(['office', { request: 'Two.' }]);
    if (system?.includes('office'))
      return said.length > 1 ? says('Both.') : calls(['ask_two_clerks', { left: 'Left', right: 'Right' }]);
    return { content: said.at(-1)?.includes('Left') ? texts.Left : texts.Right, holdMidway: both.passed };
  });
  const seen = await watched(run, (events) => {
    const clerks = streamsOf(events).filter(({ agent }) => agent === 'clerkAgent');
    if (new Set(clerks.map(({ thread }) => thread)).size === 2) both.open();
  });
  const outputs = seen.filter(({ type, agent }) => type === 'AgentOutput' && agent === 'clerkAgent');
  expect(outputs.map(({ response }) => response).sort()).toEqual([texts.Left, texts.Right]);
  for (const output of outputs) {
    const mine = streamsOf(seen).filter(({ thread }) => thread === output['thread']);
    expect(mine.length).toBeGreaterThan(0);
    expect(String(output['response']).startsWith(mine.map(({ delta }) => delta).join(''))).toBe(true);
    expect(mine.at(-1)?.agents).toEqual(['headAgent', 'officeAgent', 'clerkAgent']);
    expect(seen.indexOf(mine.at(-1) as AnyEvent)).toBeLessThan(seen.indexOf(output));
  }
});

test('of a long reply the last 16 K characters are seen, and how many came before', async () => {
  const answer = half('0123456789'.repeat(5000));
  const run = await temporal.run('toolAgent', [answer.reply]);
  const event = (await eventOfType(run, 'AgentStream')) as AnyEvent & { response: string; offset: number };
  expect(event.response).toHaveLength(LIMITS.liveTextChars);
  expect(event['delta']).toBe(event.response);
  expect(event.offset).toBeGreaterThan(0);
  expect(event.response[0]).toBe(String(event.offset % 10));
  answer.open();
  await run.result();
});

test('however many watch, Temporal is asked five times a second at most, and not at all by those who want none', async () => {
  const [counted, without] = await Promise.all([CountedClient.connect(), CountedClient.connect()]);
  const answer = half();
  const run = await temporal.run('toolAgent', [answer.reply]);
  const many = Array.from({ length: 20 }, () => watched(counted.client.getHandler(run.workflowId), () => undefined));
  const none = (async () => {
    const seen: AnyEvent[] = [];
    for await (const event of without.client.getHandler(run.workflowId).streamEvents({ tokens: false }))
      seen.push(event);
    return seen;
  })();
  await counted.when(() => counted.count(DESCRIBE) === many.length + 10);
  const asked = counted.sent.filter(({ method }) => method === DESCRIBE).slice(many.length);
  expect((asked.at(-1)?.at ?? 0) - (asked[0]?.at ?? 0)).toBeGreaterThanOrEqual(9 * 195);
  answer.open();
  for (const seen of await Promise.all(many)) expect(streamsOf(seen).length).toBeGreaterThan(0);
  expect(streamsOf(await none)).toEqual([]);
  expect(without.count(DESCRIBE)).toBe(1);
  await Promise.all([counted.client.close(), without.client.close()]);
});

/** Run to its end, with a reply held until its worker has sent a heartbeat. */
async function seenOfHeldRun(
  on: TestTemporal,
  workflow: string,
  replies: readonly ScriptedReply[],
  input: RunInput,
): Promise<{ readonly seen: readonly AnyEvent[]; readonly run: WorkflowHandler }> {
  const answer = half();
  const run = await on.run(workflow, [...replies, answer.reply, ...replies.map(() => says('So be it.'))], input);
  const seen = watched(run, () => undefined);
  await on.model.whenRequested(on.model.requests.length - on.requests.length + replies.length + 1);
  const handle = on.client.temporal.workflow.getHandle(run.workflowId);
  for (let isBeating = false; !isBeating; ) {
    const { raw } = await handle.describe();
    const call = raw.pendingActivities?.find(({ activityType }) => activityType?.name === MODEL_ACTIVITY);
    isBeating = call?.lastHeartbeatTime != null && call.attempt === 1;
    for (const details of call?.heartbeatDetails?.payloads ?? []) expect(details.data ?? []).toHaveLength(0);
  }
  answer.open();
  return { seen: await seen, run };
}

test('a run that was started without live tokens sends none, nor do the agents that its tools run', async () => {
  const replies = [calls(['office', { request: 'x' }])];
  const { seen, run } = await seenOfHeldRun(temporal, 'headAgent', replies, { userMsg: 'Go.', liveTokens: false });
  expect(streamsOf(seen)).toEqual([]);
  const { events } = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const made = events?.flatMap(({ activityTaskScheduledEventAttributes: call }) =>
    call ? [JSON.parse(Buffer.from(call.input?.payloads?.[0]?.data ?? []).toString())] : [],
  );
  expect(made?.map((call: { agent: string; liveTokens?: boolean }) => [call.agent, call.liveTokens])).toEqual([
    ['headAgent', false],
    ['officeAgent', false],
    ['headAgent', false],
  ]);
});

test('a worker without live tokens sends none', async () => {
  const quiet = new TestTemporal();
  await quiet.start({ liveTokens: false });
  const { seen } = await seenOfHeldRun(quiet, 'toolAgent', [], { userMsg: 'Go.' });
  expect(streamsOf(seen)).toEqual([]);
  expect(seen.at(-1)?.type).toBe('StopEvent');
  await quiet.stop();
});

test('live tokens cost no history: a run has the same history with and without', async () => {
  const histories = [];
  for (const liveTokens of [true, false]) {
    const answer = half('word '.repeat(10_000));
    const run = await temporal.run('toolAgent', [answer.reply], { userMsg: 'Go.', liveTokens });
    if (liveTokens) await eventOfType(run, 'AgentStream');
    answer.open();
    await run.result();
    const { events } = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
    histories.push(events?.map(({ eventType }) => eventType));
  }
  expect(histories[0]).toEqual(histories[1]);
});

/** Turns every payload round. */
const mirror: PayloadCodec = {
  async encode(payloads) {
    return payloads.map(({ metadata, data }) => {
      const parts = [metadata?.['encoding'], data].map((part) => Buffer.from(part ?? []).toString('base64'));
      return { metadata: { encoding: Buffer.from('mirrored') }, data: Buffer.from(parts.join()).reverse() };
    });
  },
  async decode(payloads) {
    return payloads.map((payload) => {
      if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== 'mirrored') return payload;
      const parts = Buffer.from(payload.data ?? [])
        .reverse()
        .toString()
        .split(',');
      const [encoding = Buffer.of(), data = Buffer.of()] = parts.map((part) => Buffer.from(part, 'base64'));
      return { metadata: { encoding }, data };
    });
  },
};

test('a data converter’s codec is used for them too', async () => {
  const dataConverter = { payloadCodecs: [mirror] };
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] as string });
  const coded = new TestTemporal();
  await coded.start({ dataConverter });
  await coded.client.close();
  coded.client = new AgentClient(new Client({ connection, dataConverter }), connection);
  const answer = half();
  const run = await coded.run('toolAgent', [answer.reply]);
  expect(TEXT.startsWith(String((await eventOfType(run, 'AgentStream'))['response']))).toBe(true);
  answer.open();
  expect(String(await run.result())).toBe(TEXT);
  await coded.stop();
});
