import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { modelServers } from '../../../src/worker/model-servers';
import { startScriptedModel, type ModelRequest, type ScriptedModel } from '../../../src/testing';
import { allEvents, calls, eventOfType, EXAMPLE_STREAM, says, TestTemporal } from '../../setup/temporal';

const temporal = new TestTemporal();
let server: ScriptedModel;
const clientOf = (url: string): OpenAI => new OpenAI({ apiKey: 'scripted', baseURL: url });

beforeAll(async () => {
  server = await startScriptedModel();
  const source = { client: clientOf(server.url), api: 'responses' as const };
  await temporal.start({ models: { 'gpt-4o-mini': source, scripted: source } });
});
afterAll(async () => {
  await temporal.stop();
  await server.close();
});

async function play(workflow: string, replies: Parameters<ScriptedModel['script']>[0], input: object = {}) {
  server.script(replies);
  const before = server.requests.length;
  const run = await temporal.client.run(workflow, { userMsg: 'Go.', ...input }, { taskQueue: temporal.taskQueue });
  return { run, requests: () => server.requests.slice(before) };
}
const thinking = (name: string, args: object): object => ({ toolCalls: [{ name, arguments: args }], reasoning: 'Hm.' });
const reasoningIn = (request: ModelRequest | undefined): readonly unknown[] =>
  ((request?.['input'] ?? []) as readonly { type?: string }[]).filter(({ type }) => type === 'reasoning');

describe('an agent whose model is asked by the Responses API', () => {
  test('runs the example as by chat completions', async () => {
    const { run, requests } = await play('dangerousAgent', [calls(['dangerous_task', {}]), says('All done.')]);
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
    expect(await run.result()).toMatchObject({ response: 'All done.', usage: { 'gpt-4o-mini': { calls: 2 } } });
    expect((await allEvents(run)).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
    expect(requests()[1]).toMatchObject({ store: false, stream: true, include: ['reasoning.encrypted_content'] });
  });

  test('gets its reasoning back with each step, and over a context that is taken out', async () => {
    const first = await play('toolAgent', [thinking('add', { a: 1, b: 2 }), { content: 'Three.', reasoning: 'Sum.' }]);
    expect(await first.run.result()).toMatchObject({ response: 'Three.' });
    expect(first.requests().map((one) => reasoningIn(one).length)).toEqual([0, 1]);
    const context = JSON.parse(JSON.stringify(await first.run.context())) as unknown;
    const next = await play('toolAgent', [says('Yes.')], { userMsg: 'Sure?', context });
    await next.run.result();
    expect(reasoningIn(next.requests()[0])).toHaveLength(2);
  });

  test.each([
    [
      'cannot be read any more',
      { code: 'invalid_encrypted_content', message: 'The encrypted content gAAA... could not be verified.' },
    ],
    [
      'is not at the provider',
      { message: "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false." },
    ],
  ])('is asked without its reasoning where that %s, and for its reasoning still', async (_what, error) => {
    const { run, requests } = await play('toolAgent', [
      thinking('add', { a: 1, b: 2 }),
      { status: 400, error },
      thinking('add', { a: 3, b: 4 }),
      says('Seven.'),
    ]);
    expect(await run.result()).toMatchObject({ response: 'Seven.' });
    expect(requests().map((one) => reasoningIn(one).length)).toEqual([0, 1, 0, 2]);
    expect(requests().map((one) => 'include' in one)).toEqual([true, true, true, true]);
  });

  test('is told its calls under new ids where its server refuses those that it was given', async () => {
    const message = "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64.";
    const { run, requests } = await play('toolAgent', [
      { toolCalls: [{ id: 'call_of_before', name: 'add', arguments: { a: 1, b: 2 } }] },
      { status: 400, error: { message } },
      says('Three.'),
    ]);
    expect(await run.result()).toMatchObject({ response: 'Three.' });
    expect(requests().map((one) => JSON.stringify(one).includes('call_of_before'))).toEqual([false, true, false]);
  });

  test('is not asked for its reasoning again where it does not reason', async () => {
    const refusal = { status: 400, error: { message: 'Encrypted content is not supported with this model.' } };
    const { run, requests } = await play('toolAgent', [refusal, calls(['add', { a: 1, b: 2 }]), says('Three.')]);
    await run.result();
    expect(requests().map((one) => 'include' in one)).toEqual([true, false, false]);
  });

  test('is asked again where its reply broke off, and fails in the provider’s words where it is refused', async () => {
    const broken = await play('toolAgent', [{ disconnect: true, content: 'Half of' }, says('Whole.')]);
    expect(await broken.run.result()).toMatchObject({ response: 'Whole.' });
    const refused = await play('toolAgent', [{ status: 401, error: { message: 'Incorrect API key provided.' } }]);
    await expect(refused.run.result()).rejects.toMatchObject({
      details: { cause: 'MODEL_UNAUTHORIZED' },
      message: expect.stringContaining('Incorrect API key provided.'),
    });
  });

  test('gives data of a schema', async () => {
    const { run, requests } = await play('personAgent', [says('It is Ann.'), says('{"name":"Ann","age":42}')]);
    expect(await run.result()).toMatchObject({ structuredResponse: { name: 'Ann', age: 42 } });
    expect(requests()[1]).toMatchObject({ text: { format: { type: 'json_schema', name: 'outcome' } } });
  });
});

test.each([
  ['chat completions', 'the Responses API', 'chat', 'responses'],
  ['the Responses API', 'chat completions', 'responses', 'chat'],
] as const)('where a model by %s is refused, one by %s goes on with the conversation', async (_a, _b, api, other) => {
  const [down, up] = await Promise.all([startScriptedModel(), startScriptedModel()]);
  let refused = 0;
  down.script(() => ((refused += 1) === 1 ? thinking('add', { a: 1, b: 2 }) : { status: 401 }));
  up.script([says('Three.')]);
  const worker = await temporal.startWorker({
    taskQueue: `other-${api}`,
    models: {
      scripted: [
        { client: clientOf(down.url), api },
        { client: clientOf(up.url), api: other },
      ],
    },
  });
  try {
    const run = await temporal.client.run('toolAgent', 'Go.', { taskQueue: `other-${api}` });
    expect(await run.result()).toMatchObject({ response: 'Three.' });
    expect(reasoningIn(up.requests[0])).toEqual([]);
  } finally {
    await temporal.stopWorker(worker);
    await Promise.all([down.close(), up.close()]);
  }
});

test.each([
  [
    'an api that is none',
    { client: clientOf('http://127.0.0.1:1/v1'), api: 'respones' },
    /"scripted" has an api that is none: it is "chat", "responses"/,
  ],
  [
    'a client without one',
    { client: { baseURL: 'x', chat: { completions: { create: () => undefined } } }, api: 'responses' },
    /has no Responses API/,
  ],
])('%s stops the worker before it starts', (_what, source, message) => {
  const agents = new Map([['a', { llm: 'scripted' }]]);
  const definitions = { workflows: new Map([['w', { agents }]]), tools: [] };
  expect(() => modelServers(definitions as never, { models: { scripted: source as never } })).toThrow(message);
});
