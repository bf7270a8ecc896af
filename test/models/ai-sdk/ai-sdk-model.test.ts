import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { aiSdkModel } from '../../../src/ai-sdk';
import type { Model } from '../../../src/models';
import { allEvents, eventOfType, EXAMPLE_STREAM, TestTemporal } from '../../setup/temporal';
import { anthropicServer, geminiServer, playAt, type ProviderServer, type Reply } from './servers';
import { stub } from './stub';

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

test.each([
  ['nothing', undefined],
  ['a model’s name', 'openai/gpt-5'],
  ['a specification that is not known', stub({ specificationVersion: 'v9' })],
])('%s is no language model', (_what, given) => {
  expect(() => aiSdkModel(given as never)).toThrow(/takes a language model of the AI SDK/);
});
