import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import OpenAI from 'openai';
import { encryptedDataConverter, keysFromEnvironment } from '../../src/encryption';
import { LIMITS, type ContentPart } from '../../src/protocol';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { allEvents, calls, eventOf, eventOfType, json, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();
const KEYS = keysFromEnvironment();

/** Bytes that no other text has. */
const BYTES = Buffer.from('These bytes are told to models only.'.repeat(100)).toString('base64');
const text = (said: string): ContentPart => ({ type: 'text', text: said });
const IMAGE: ContentPart = { type: 'image_url', image_url: { url: `data:image/png;base64,${BYTES}` } };
const BY_URL: ContentPart = { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } };
const FILE: ContentPart = {
  type: 'file',
  file: { file_data: `data:application/pdf;base64,${BYTES}`, filename: 'bill.pdf' },
};
const TALK = { userMsg: 'first', conversation: true };

const lastContent = (nth = -1): unknown =>
  temporal.requests.at(nth)?.messages.findLast(({ role }) => role === 'user')?.content;

test('what a user shows reaches the model as it is, and its bytes are nowhere on the stream', async () => {
  const userMsg = [text('What is on it?'), IMAGE, FILE];
  const run = await temporal.run('toolAgent', [calls(['add', { a: 1, b: 1 }]), says('A cat.')], {
    userMsg,
    chatHistory: [
      { role: 'user', content: [BY_URL] },
      { role: 'assistant', content: 'A dog.' },
    ],
  });
  expect(String(await run.result())).toBe('A cat.');
  const told = temporal.requests.map(({ messages }) => messages.filter(({ role }) => role === 'user'));
  for (const users of told) expect(users.map(({ content }) => content)).toEqual([[BY_URL], userMsg]);
  expect(JSON.stringify(await allEvents(run))).not.toContain(BYTES.slice(0, 40));
});

test('history has the bytes once, however many steps are made', async () => {
  const add = calls(['add', { a: 1, b: 1 }]);
  const run = await temporal.run('toolAgent', [add, add, add, says('Done.')], { userMsg: [text('Look.'), IMAGE] });
  await run.result();
  const history = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const payloads = (history.events ?? []).flatMap((event) =>
    [...JSON.stringify(event).matchAll(/"data":"([^"]*)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    ),
  );
  const holders = payloads.filter((payload) => payload.includes(BYTES.slice(0, 40)));
  if (KEYS === undefined) expect(holders).toHaveLength(1);
});

test('a conversation takes parts by signal and by update, in its order, and shows them without bytes', async () => {
  const run = await temporal.run('toolAgent', [says('One.'), says('Two.'), says('Three.')], TALK);
  await eventOfType(run, 'TurnEnded');
  await run.sendMessage([text('Look.'), IMAGE]);
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  expect(await handle.executeUpdate('sendMessage', { args: [{ content: [FILE] }] })).toEqual({ place: 1 });
  await run.close();
  expect(String(await run.result())).toBe('Three.');
  expect(lastContent(-2)).toEqual([text('Look.'), IMAGE]);
  expect(lastContent()).toEqual([FILE]);
  const events = await allEvents(run);
  expect(events.flatMap((event) => (event.type === 'UserMessage' ? [event['text']] : []))).toEqual([
    'Look.\n\n[image]',
    '[file bill.pdf]',
  ]);
  expect(JSON.stringify(events)).not.toContain(BYTES.slice(0, 40));
});

test('a message that cannot be used is refused with the reason, and the conversation goes on', async () => {
  const run = await temporal.run('toolAgent', [says('One.'), says('Two.')], TALK);
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  await eventOfType(run, 'TurnEnded');
  const bad: readonly [object, RegExp][] = [
    [{ content: [{ type: 'video_url' }] }, /content is wrong.*type/],
    [{ content: [] }, /no parts/],
    [{ content: [text(' ')] }, /empty/],
    [{ text: 'x', content: [IMAGE] }, /both/],
    [{ content: Array.from({ length: 10_000 }, () => text('x')) }, /500 parts/],
    [{ content: [text('x'.repeat(LIMITS.messageBytes))] }, /larger than.*by URL/],
  ];
  for (const [message, reason] of bad) {
    await expect(handle.executeUpdate('sendMessage', { args: [message] })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(reason) },
    });
  }
  await temporal.signalRaw(run.workflowId, 'sendMessage', json({ content: [{ type: 'constructor' }] }));
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'invalid' });
  await expect(run.sendMessage([{ type: 'nothing' } as never])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await run.sendMessage('again');
  await run.close();
  expect(String(await run.result())).toBe('Two.');
});

test('what earlier code refused stays refused in a replay, and the run goes on as it did', async () => {
  const run = await temporal.run('toolAgent', [says('One.'), says('Two.')], TALK);
  await eventOfType(run, 'TurnEnded');
  await temporal.signalRaw(run.workflowId, 'sendMessage', json({ refused: [text('x')] }));
  await eventOfType(run, 'AnswerRefused');
  await run.sendMessage('again');
  await run.close();
  await run.result();
  const history = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const refused = history.events?.find(
    ({ workflowExecutionSignaledEventAttributes: sent }) => sent?.signalName === 'sendMessage',
  );
  const payload = refused?.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0];
  if (payload != null) payload.data = Buffer.from(JSON.stringify({ content: [text('x')] }));
  const codePath = process.env['COUNTERSIGN_TEST_BUNDLE'] as string;
  const encoding = KEYS === undefined ? {} : { dataConverter: encryptedDataConverter(KEYS) };
  await Worker.runReplayHistory({ workflowBundle: { codePath }, ...encoding }, history, run.workflowId);
});

test('a message that comes while a question is open is queued, and its sender is told what it waits for', async () => {
  const ask = calls(['confirm', { question: 'ok? ' }]);
  const run = await temporal.run('toolAgent', [ask, says('One.'), says('Two.'), says('Three.')], TALK);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  expect(await handle.executeUpdate('sendMessage', { args: ['never mind'] })).toEqual({
    place: 0,
    waitsFor: [inputId],
  });
  expect(await eventOfType(run, 'UserMessage')).toMatchObject({ place: 0, waitsFor: [inputId] });
  await run.respond(inputId as string, 'no');
  await eventOf(run, ({ type, turn }) => type === 'TurnEnded' && turn === 1);
  expect(await handle.executeUpdate('sendMessage', { args: ['and?'] })).toEqual({ place: 1 });
  await run.close();
  expect(String(await run.result())).toBe('Three.');
});

test('a context keeps what was shown, for the next turn in another run', async () => {
  const first = await temporal.run('toolAgent', [says('A cat.')], { userMsg: [text('Look.'), IMAGE] });
  await first.result();
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  const second = await temporal.run('toolAgent', [says('Black.')], { userMsg: 'Its colour?', context });
  await second.result();
  const users = temporal.requests[0]?.messages.filter(({ role }) => role === 'user');
  expect(users?.map(({ content }) => content)).toEqual([[text('Look.'), IMAGE], 'Its colour?']);
});

test('an agent that code runs is given parts like any other', async () => {
  const userMsg = [text('Look.'), IMAGE];
  const run = await temporal.run('clerkWorkflow', [says('A cat.')], { userMsg });
  expect(await run.result()).toBe('A cat.');
  const content = lastContent() as readonly ContentPart[];
  expect(content.filter(({ type }) => type !== 'text')).toEqual([IMAGE]);
});

test('a damaged part of a context is refused with its place', async () => {
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }];
  const context = { version: 3, workflow: 'toolAgent', messages, state: {} };
  const run = await temporal.run('toolAgent', [], { userMsg: 'Go.', context });
  await expect(run.result()).rejects.toMatchObject({
    message: expect.stringMatching(/damaged.*messages\.0/),
    details: { cause: 'INVALID_CONTEXT' },
  });
});

test('with a state prompt the message keeps its parts where it stands', async () => {
  const first = await temporal.run('statefulAgent', [calls(['note', { text: 'hi' }]), says('Noted.')], {
    userMsg: [text('Look.'), IMAGE],
  });
  await first.result();
  const content = lastContent() as readonly ContentPart[];
  expect(content.filter(({ type }) => type !== 'text')).toEqual([IMAGE]);
  expect(JSON.stringify(content.filter(({ type }) => type === 'text'))).toMatch(/note.*hi.*Look\./);
});

test('a summary is made of words: of what was shown it is told that it was', async () => {
  const chatHistory = Array.from({ length: 4 }, (_none, nth) =>
    nth % 2 === 0
      ? { role: 'user' as const, content: [text(`${nth}`), IMAGE] }
      : { role: 'assistant' as const, content: 'x'.repeat(100) },
  );
  const run = await temporal.run('summarizingAgent', [says('They showed a cat.'), says('Hello.')], {
    userMsg: 'Hi.',
    chatHistory,
  });
  await run.result();
  expect(temporal.requests[0]?.messages.at(-1)?.content).toMatch(/^Summarize/);
  expect(temporal.requests[0]?.messages[0]?.content).toBe('0\n\n[image]');
  expect(JSON.stringify(temporal.requests[0])).not.toContain(BYTES.slice(0, 40));
});

describe('a provider that takes no images', () => {
  const input = { userMsg: [text('Look.'), BY_URL] };
  let model: ScriptedModel;
  let client: OpenAI;
  beforeAll(async () => {
    model = await startScriptedModel({ rules: 'deepseek' });
    client = new OpenAI({ apiKey: 'scripted', baseURL: model.url });
  });
  beforeEach(async () => await temporal.stopWorker());
  afterAll(async () => await model.close());

  test('says so in its own words, and the run fails with them', async () => {
    await temporal.startWorker({ openai: client });
    const run = await temporal.run('toolAgent', [], input);
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringMatching(/unknown variant `image_url`, expected `text`/),
      details: { cause: 'MODEL_REJECTED' },
    });
  });

  test('may be followed by one that does', async () => {
    await temporal.startWorker({ models: { scripted: [{ client }, { client: temporal.openai }] } });
    const run = await temporal.run('toolAgent', [says('A cat.')], input);
    expect(String(await run.result())).toBe('A cat.');
    expect(lastContent()).toEqual(input.userMsg);
  });
});
