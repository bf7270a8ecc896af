import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAnthropic } from '@ai-sdk/anthropic';
import { describe, expect, test } from '@jest/globals';
import { aiSdkModel } from '../../../src/ai-sdk';
import { roundedNumber } from '../../../src/models';
import { asked, asking, call, cut, options, result, stub } from './stub';

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
      await expect(
        aiSdkModel(createAnthropic({ apiKey: 'x', baseURL: `http://127.0.0.1:${port}/v1` })('claude-sonnet-4-5')).ask(
          asked,
          options,
        ),
      ).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    } finally {
      server.close();
    }
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
