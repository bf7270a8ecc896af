import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { aiSdkModel } from '../../../src/ai-sdk';
import { type Model, roundedNumber } from '../../../src/models';
import { allEvents, eventOfType, EXAMPLE_STREAM, TestTemporal } from '../../setup/temporal';
import { anthropicServer, geminiServer, playAt, type ProviderServer, type Reply } from './servers';

const temporal = new TestTemporal();
beforeAll(async () => {
  await temporal.start();
  await temporal.stopWorker();
});
afterEach(async () => await temporal.stopWorker());
afterAll(async () => await temporal.stop());

const anthropic = (url: string): Model =>
  aiSdkModel(createAnthropic({ apiKey: 'x', baseURL: `${url}/v1` })('claude-sonnet-4-5'), {
    providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } } },
  });
const gemini = (url: string): Model =>
  aiSdkModel(createGoogleGenerativeAI({ apiKey: 'x', baseURL: `${url}/v1beta` })('gemini-3-pro-preview'));

describe.each([
  ['Anthropic', anthropicServer, anthropic],
  ['Gemini', geminiServer, gemini],
])('an agent whose model is %s’s, by its package of the AI SDK', (name, start, modelOf) => {
  let server: ProviderServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => await server.close());

  const play = async (workflow: string, replies: readonly Reply[], input: object = {}) => {
    const model = modelOf(server.url);
    await temporal.startWorker({ models: { 'gpt-4o-mini': model, scripted: model } });
    return await playAt(server, temporal, workflow, replies, input);
  };

  test('runs the example, with the person’s answer and the same stream', async () => {
    const { run } = await play('dangerousAgent', [
      { thought: 'Is it safe?', calls: [{ name: 'dangerous_task', args: {} }] },
      { text: 'All done.' },
    ]);
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
    const usage = { 'gpt-4o-mini': { calls: 2, inputTokens: 14, outputTokens: 6 } };
    expect(await run.result()).toMatchObject({ response: 'All done.', usage });
    expect((await allEvents(run)).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  });

  test('gets its signed thoughts back with each step, and in a run that goes on from a context', async () => {
    const calling = { thought: 'A sum.', text: 'Let me see.', calls: [{ name: 'add', args: { a: 1, b: 2 } }] };
    const first = await play('toolAgent', [calling, calling, { text: 'Three.' }]);
    expect(await first.run.result()).toMatchObject({ response: 'Three.' });
    const context = JSON.parse(JSON.stringify(await first.run.context())) as unknown;
    await temporal.stopWorker();
    const next = await play('toolAgent', [{ text: 'Yes.' }], { userMsg: 'Sure?', context });
    expect(await next.run.result()).toMatchObject({ response: 'Yes.' });
    expect(JSON.stringify(next.requests()[0]).match(/signed-/g)).toHaveLength(2);
  });

  test('gives data of a schema', async () => {
    const { run } = await play('personAgent', [{ text: 'It is Ann.' }, { text: '{"name":"Ann","age":42}' }]);
    expect(await run.result()).toMatchObject({ structuredResponse: { name: 'Ann', age: 42 } });
  });

  test('goes on without what it was given, where the provider no longer takes it', async () => {
    const calling = { thought: 'A sum.', text: 'Let me see.', calls: [{ name: 'add', args: { a: 1, b: 2 } }] };
    const refusal = { status: 400, message: 'messages.1.content.0: Invalid `signature` in `thinking` block' };
    const { run, requests } = await play('toolAgent', [calling, refusal, { text: 'Three.' }]);
    if (name === 'Anthropic') {
      expect(await run.result()).toMatchObject({ response: 'Three.' });
      expect(requests().map((one) => JSON.stringify(one).includes('signed-'))).toEqual([false, true, false]);
    } else await expect(run.result()).rejects.toThrow(/thought_signature/);
  });

  test('fails in the provider’s words where it is refused', async () => {
    const { run } = await play('toolAgent', [{ status: 403 }]);
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringContaining('403 The provider says no.'),
      details: { cause: 'MODEL_UNAUTHORIZED' },
    });
  });

  test('is asked again where the provider is down for a moment', async () => {
    const { run, requests } = await play('toolAgent', [{ status: 503 }, { text: 'Back.' }]);
    expect(await run.result()).toMatchObject({ response: 'Back.' });
    expect(requests()).toHaveLength(2);
  });
});

const stub = (more: object): never =>
  ({
    specificationVersion: 'v3',
    provider: 'p',
    modelId: 'm',
    doGenerate: () => undefined,
    doStream: () => undefined,
    ...more,
  }) as never;
const asked = {
  llm: 'x',
  system: [],
  messages: [{ role: 'user' as const, content: 'Hi' }],
  tools: [],
  allowParallelToolCalls: true,
  stream: false,
  settings: {},
};
const options = { signal: new AbortController().signal, onText: () => undefined, timeoutMs: 1000 };
const result = {
  content: [{ type: 'text', text: 'Hi.' }],
  finishReason: { unified: 'stop', raw: 'end' },
  warnings: [],
};

test.each([
  ['a setting that the model says it does not take', { temperature: 1 }, 'v3', /does not take the setting temperature/],
  ['extraBody', { extraBody: { a: 1 } }, 'v3', /has no extraBody.*providerOptions/],
  ['reasoningEffort before specification 4', { reasoningEffort: 'low' }, 'v2', /has no reasoningEffort/],
])('%s is an error, and not left out', async (_what, settings, specificationVersion, message) => {
  const warnings = [{ type: 'unsupported', feature: 'temperature' }];
  const model = aiSdkModel(stub({ specificationVersion, doGenerate: async () => ({ ...result, warnings }) }));
  await expect(model.ask({ ...asked, settings }, options)).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringMatching(message),
  });
});

test('texts with something between them are said apart, and go back as they came', async () => {
  const thought = { type: 'reasoning', text: 'Hm.', providerMetadata: { p: { signature: 's' } } };
  const said = (text: string): object => ({ type: 'text', text });
  const asked2: unknown[] = [];
  const content = [
    said('Let me'),
    said(' see.'),
    thought,
    said('Now.'),
    { ...call, input: '{}' },
    { ...call, input: '{}' },
  ];
  const model = aiSdkModel(
    stub({
      doGenerate: async (given: { prompt: unknown }) => {
        asked2.push(given.prompt);
        return { ...result, content, finishReason: { unified: 'tool-calls', raw: 'x' } };
      },
    }),
  );
  const { content: text, toolCalls, provider } = await model.ask(asked, options);
  expect(text).toBe('Let me see.\n\nNow.');
  expect(toolCalls.map(({ id }) => id)).toEqual(['a', 'a_5']);
  const message = {
    role: 'assistant' as const,
    content: text,
    toolCalls: toolCalls.map(({ id, name }) => ({ id, name, args: {} })),
    ...(provider === undefined ? {} : { provider }),
  };
  const results = toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'Done.' }));
  const tools = [{ name: 'wipe', description: '', parameters: { type: 'object' } }];
  await model.ask({ ...asked, tools, messages: [...asked.messages, message, ...results] }, options);
  const [, back] = asked2[1] as readonly { content: readonly { type: string; text?: string }[] }[];
  expect(back?.content.map(({ type, text: one }) => one ?? type)).toEqual([
    'Let me',
    ' see.',
    'Hm.',
    'Now.',
    'tool-call',
    'tool-call',
  ]);
});

test('a text that is blank does not go back: Anthropic refuses it', async () => {
  const thought = { type: 'reasoning', text: 'Hm.', providerMetadata: { p: { signature: 's' } } };
  const content = [
    { type: 'text', text: '\n\n' },
    thought,
    { type: 'text', text: 'I look.' },
    { ...call, input: '{}' },
  ];
  const sent: unknown[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async (given: { prompt: unknown }) => {
        sent.push(given.prompt);
        return { ...result, content, finishReason: { unified: 'tool-calls', raw: 'x' } };
      },
    }),
  );
  const { content: text, toolCalls, provider } = await model.ask(asked, options);
  const calls = toolCalls.map(({ id, name }) => ({ id, name, args: {} }));
  const also = provider === undefined ? {} : { provider };
  const messages = [
    ...asked.messages,
    { role: 'assistant' as const, content: text, toolCalls: calls, ...also },
    { role: 'tool' as const, toolCallId: 'a', content: 'Done.' },
  ];
  await model.ask({ ...asked, tools: [{ name: 'wipe', description: '', parameters: {} }], messages }, options);
  const [, back] = sent[1] as readonly { content: readonly { type: string; text?: string }[] }[];
  expect(back?.content.map(({ type, text: one }) => one ?? type)).toEqual(['Hm.', 'I look.', 'tool-call']);
});

test('replies of specification 2 are read as those of later ones', async () => {
  const usage = { inputTokens: 5, outputTokens: 2, totalTokens: 7, cachedInputTokens: 4 };
  const model = aiSdkModel(
    stub({ specificationVersion: 'v2', doGenerate: async () => ({ ...result, finishReason: 'length', usage }) }),
  );
  expect(await model.ask(asked, options)).toEqual({
    content: 'Hi.',
    toolCalls: [],
    finishReason: 'length',
    said: 'length',
    usage: { inputTokens: 5, outputTokens: 2, cachedTokens: 4 },
  });
});

const cut = { unified: 'other', raw: undefined };
const call = { type: 'tool-call', toolCallId: 'a', toolName: 'wipe' };
const asking = (content: readonly object[], finishReason: object) =>
  aiSdkModel(stub({ doGenerate: async () => ({ content, finishReason, warnings: [] }) })).ask(asked, options);

test('a reply whose end nobody told is broken off, and no call of it is given', async () => {
  await expect(asking([{ ...call, input: '{}' }], cut)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  await expect(asking([{ type: 'text', text: 'Half a' }], cut)).rejects.toThrow(/broken off/);
  const malformed = await asking([], { unified: 'error', raw: 'MALFORMED_FUNCTION_CALL' });
  expect(malformed.finishReason).toBe('malformed');
});

test.each([
  ['an object', { id: Number('2512292042121000001') }],
  ['a text', '{"id":2512292042121000000}'],
  ['an object, below zero', { id: -(2 ** 53) }],
])('an integer that was rounded before it came, in %s, is refused as one that JSON rounds', async (_what, input) => {
  const { toolCalls } = await asking([{ ...call, input }], { unified: 'tool-calls', raw: 'STOP' });
  expect(roundedNumber(toolCalls[0]?.arguments ?? '')).toMatch(/^(25122920421\d{8}|-90071992547409\d\d)$/);
});

test.each([
  ['words', { type: 'text-delta' }],
  ['arguments', { type: 'tool-input-delta' }],
])('a stream of %s without an end is given up at the size that is kept of a reply', async (_what, part) => {
  let sent = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      sent += 1;
      controller.enqueue({ ...part, id: '1', delta: 'x'.repeat(64 * 1024) });
    },
  });
  const model = aiSdkModel(stub({ doStream: async () => ({ stream: endless }) }));
  await expect(model.ask({ ...asked, stream: true }, options)).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringContaining('given up at 1048576 characters'),
  });
  expect(sent).toBeLessThan(20);
});

test.each([
  ['a refusal', { type: 'invalid_request_error', message: 'Not this prompt.' }, 'MODEL_REJECTED', /Not this prompt/],
  ['an overload', { type: 'overloaded_error', message: 'Overloaded' }, 'MODEL_UNAVAILABLE', /Overloaded/],
  ['a text', 'It broke.', 'MODEL_UNAVAILABLE', /It broke/],
  ['nothing', undefined, 'MODEL_UNAVAILABLE', /./],
])('%s inside a stream is told as what it is', async (_what, error, code, message) => {
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue({ type: 'error', error }),
  });
  const model = aiSdkModel(stub({ doStream: async () => ({ stream }) }));
  await expect(model.ask({ ...asked, stream: true }, options)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('a stream is over where it says so, though it stays open', async () => {
  let isCancelled = false;
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue({ type: 'text-delta', id: '1', delta: 'Hi.' });
      controller.enqueue({ type: 'finish', finishReason: { unified: 'stop', raw: 'end' } });
    },
    cancel: () => void (isCancelled = true),
  });
  const model = aiSdkModel(stub({ doStream: async () => ({ stream }) }));
  expect(await model.ask({ ...asked, stream: true }, options)).toMatchObject({ content: 'Hi.', finishReason: 'stop' });
  expect(isCancelled).toBe(true);
});

describe('a reply that its package cannot read', () => {
  const half = '{"type":"message","content":[{"type":"text","text":"Hel';
  const overloaded = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
  test.each([
    ['breaks off with its connection', half, true, 'MODEL_UNAVAILABLE', /./],
    ['ends early', half, false, 'MODEL_UNAVAILABLE', /./],
    ['is an error under the status of a reply', overloaded, false, 'MODEL_UNAVAILABLE', /Overloaded/],
    ['is a web page', '<html>Sign in</html>', false, 'MODEL_REJECTED', /./],
    ['is JSON of something else', '{"pong":true}', false, 'MODEL_REJECTED', /./],
  ])('%s', async (_what, body, breaks, code, message) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (breaks) response.write(body, () => response.destroy());
      else response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      await expect(anthropic(`http://127.0.0.1:${port}`).ask(asked, options)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    } finally {
      server.close();
    }
  });
});

test('ids that the provider refuses are given anew, from then on', async () => {
  const sent: string[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async ({ prompt }: { prompt: readonly { content: readonly { toolCallId?: string }[] }[] }) => {
        const id = prompt
          .flatMap(({ content }) => content)
          .find(({ toolCallId }) => toolCallId !== undefined)?.toolCallId;
        sent.push(id ?? '');
        if (/^[a-zA-Z0-9]{9}$/.test(id ?? '')) return result;
        const message = `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`;
        throw Object.assign(new Error(message), { statusCode: 400, responseBody: JSON.stringify({ message }) });
      },
    }),
  );
  const toolCalls = [{ id: 'call_1', name: 'wipe', args: {} }];
  const messages = [
    ...asked.messages,
    { role: 'assistant' as const, content: '', toolCalls },
    { role: 'tool' as const, toolCallId: 'call_1', content: 'Done.' },
  ];
  const tools = [{ name: 'wipe', description: '', parameters: { type: 'object' } }];
  for (const _time of [1, 2])
    expect(await model.ask({ ...asked, tools, messages }, options)).toMatchObject({ content: 'Hi.' });
  expect(sent).toEqual(['call_1', expect.stringMatching(/^\w{9}$/), sent[1]]);
});

test('a file is given with its type, or refused', async () => {
  const given: unknown[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async ({ prompt }: { prompt: readonly { content: readonly object[] }[] }) => {
        given.push(prompt[0]?.content[0]);
        return result;
      },
    }),
  );
  const ask = async (file: object) =>
    await model.ask({ ...asked, messages: [{ role: 'user', content: [{ type: 'file', file }] }] }, options);
  await ask({ file_data: 'JVBERi0x', filename: 'a.PDF' });
  await ask({ file_data: 'data:text/csv;charset=utf-8;base64,YSxi', filename: 'a.csv' });
  expect(given).toEqual([
    { type: 'file', mediaType: 'application/pdf', data: 'JVBERi0x', filename: 'a.PDF' },
    { type: 'file', mediaType: 'text/csv', data: 'YSxi', filename: 'a.csv' },
  ]);
  await expect(ask({ file_data: 'YSxi', filename: 'a.csv' })).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringContaining('give them as a data: URL'),
  });
});

test('what is wrong before anything is sent is no outage', async () => {
  const fails = (name: string) => async () => {
    throw Object.assign(new Error('No key.'), { name });
  };
  const model = (name: string) => aiSdkModel(stub({ doGenerate: fails(name) }));
  await expect(model('AI_LoadSettingError').ask(asked, options)).rejects.toMatchObject({ code: 'MODEL_REJECTED' });
  await expect(model('AI_LoadAPIKeyError').ask(asked, options)).rejects.toMatchObject({ code: 'MODEL_UNAUTHORIZED' });
  const unsupported = model('AI_UnsupportedFunctionalityError').ask(asked, options);
  await expect(unsupported).rejects.toMatchObject({ code: 'MODEL_REJECTED' });
});

test.each([
  ['nothing', undefined],
  ['a model’s name', 'openai/gpt-5'],
  ['a specification that is not known', stub({ specificationVersion: 'v9' })],
])('%s is no language model', (_what, given) => {
  expect(() => aiSdkModel(given as never)).toThrow(/takes a language model of the AI SDK/);
});
