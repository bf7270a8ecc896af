import { afterEach, beforeEach, expect, test } from '@jest/globals';
import OpenAI, { AzureOpenAI } from 'openai';
import { chatModel, type Model, type RawReply, settledServer } from '../../../src/models';
import type { ModelRequest } from '../../../src/models/model';
import { says } from '../../setup/temporal';
import { startScriptedModel, type ScriptedModel } from '../../../src/testing';

let server: ScriptedModel;
beforeEach(async () => {
  server = await startScriptedModel();
});
afterEach(async () => await server.close());

const request: ModelRequest = {
  llm: 'm',
  system: [],
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [],
  allowParallelToolCalls: true,
  stream: true,
  settings: {},
};
const modelOf = (model: string): Model =>
  chatModel('m', settledServer('m', { client: new OpenAI({ apiKey: 'x', baseURL: server.url }), model }));
const ask = (model: Model, more: Partial<ModelRequest> = {}): Promise<RawReply> =>
  model.ask(
    { ...request, ...more },
    { signal: new AbortController().signal, onText: () => undefined, timeoutMs: 5000 },
  );
const refusing = (message: string): object => ({ status: 400, error: { message } });

test('a field that a provider does not know is left out at once, and from then on', async () => {
  server.script([refusing('Unknown parameter: stream_options'), says('One.'), says('Two.')]);
  const model = modelOf('m');
  expect((await ask(model)).content).toBe('One.');
  expect((await ask(model)).content).toBe('Two.');
  expect(server.requests.map((one) => 'stream_options' in one)).toEqual([true, false, false]);
});

test('requests that were on their way together are all asked again without it', async () => {
  server.script((_request, index) => (index < 3 ? refusing('Unknown parameter: stream_options') : says('Done.')));
  const model = modelOf('m');
  const replies = await Promise.all([ask(model), ask(model), ask(model)]);
  expect(replies.map(({ content }) => content)).toEqual(['Done.', 'Done.', 'Done.']);
});

test('a schema that there is no field for is told in words', async () => {
  server.script([refusing('This response_format type is unavailable now'), says('{}')]);
  await ask(modelOf('m'), { instruction: 'Give the outcome.', outputSchema: { type: 'object' } });
  expect(server.requests[1]).not.toHaveProperty('response_format');
  expect(server.requests[1]?.messages.at(-1)?.content).toMatch(
    /Give the outcome\.[^]*Give nothing but that JSON[^]*"object"/,
  );
});

test('a field is asked about once: what is refused without it is an error', async () => {
  server.script([refusing('stream_options'), refusing('stream_options')]);
  await expect(ask(modelOf('m'))).rejects.toMatchObject({ code: 'MODEL_REJECTED' });
  expect(server.requests).toHaveLength(2);
});

test('ids that a server refuses, after it has taken the place of another, are written anew', async () => {
  await server.close();
  server = await startScriptedModel({ rules: 'mistral', replies: () => says('Hi.') });
  const messages = [
    { role: 'user' as const, content: 'Go.' },
    { role: 'assistant' as const, content: '', toolCalls: [{ id: 'call_PTLP8xhu3uwZ', name: 't', args: {} }], by: 'm' },
    { role: 'tool' as const, toolCallId: 'call_PTLP8xhu3uwZ', content: 'ok' },
  ];
  const tools = [{ name: 't', description: 'd', parameters: { type: 'object' } }];
  const model = modelOf('m');
  expect((await ask(model, { messages, tools })).content).toBe('Hi.');
  const before = server.requests.length;
  expect((await ask(model, { messages, tools })).content).toBe('Hi.');
  expect(server.requests.length).toBe(before + 1);
  const another = modelOf('m');
  const together = await Promise.all([1, 2].map(async () => await ask(another, { messages, tools })));
  expect(together.map(({ content }) => content)).toEqual(['Hi.', 'Hi.']);
});

test('a Gemini model gets calls of another with what Google documents for them', async () => {
  const messages = [
    { role: 'user' as const, content: 'Go.' },
    { role: 'assistant' as const, content: '', toolCalls: [{ id: 'a', name: 't', args: {} }], by: 'another' },
    { role: 'tool' as const, toolCallId: 'a', content: 'ok' },
  ];
  const tools = [{ name: 't', description: 'd', parameters: { type: 'object' } }];
  server.script([says('One.'), says('Two.')]);
  await ask(modelOf('gemini-3-pro'), { messages, tools });
  await ask(modelOf('m'), { messages, tools });
  const told = server.requests.map((one) => one.messages[1]?.tool_calls?.[0]);
  expect(told[0]).toHaveProperty('extra_content.google.thought_signature');
  expect(told[1]).not.toHaveProperty('extra_content');
});

test('an Azure client is asked as its maker set it up', async () => {
  const client = new AzureOpenAI({
    apiKey: 'x',
    apiVersion: '2024-10-21',
    endpoint: server.url.replace('/v1', ''),
    deployment: 'd',
  });
  const model = chatModel('m', settledServer('m', { client }));
  await expect(ask(model)).rejects.toMatchObject({
    message: expect.stringMatching(/404 POST \/openai\/deployments\/d\/chat\/completions is not served here/),
  });
});
