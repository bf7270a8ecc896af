import { describe, expect, test } from '@jest/globals';
import type { ScriptedReply } from '../../src/testing';
import { allEvents, calls, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();
const LONG = 'long '.repeat(2000);

describe('what a retry cannot mend fails the run at once, and says what to do', () => {
  test.each<[string, ScriptedReply, string, RegExp]>([
    [
      'a wrong key',
      { status: 401, error: { message: 'Incorrect API key' } },
      'MODEL_UNAUTHORIZED',
      /OPENAI_API_KEY.*Incorrect API key/,
    ],
    ['a forbidden model', { status: 403 }, 'MODEL_UNAUTHORIZED', /OPENAI_API_KEY/],
    ['a bad request', { status: 400, error: { message: 'bad tool' } }, 'MODEL_REJECTED', /bad tool/],
    ['an unknown model', { status: 404, error: { message: 'no such model' } }, 'MODEL_REJECTED', /no such model/],
    [
      'a context too long',
      { status: 400, error: { code: 'context_length_exceeded' } },
      'MODEL_CONTEXT_TOO_LONG',
      /larger/,
    ],
    ['no quota', { status: 429, error: { code: 'insufficient_quota' } }, 'MODEL_QUOTA_EXHAUSTED', /quota/],
  ])('%s', async (_name, reply, code, message) => {
    const run = await temporal.run('toolAgent', [reply]);
    await expect(run.result()).rejects.toMatchObject({
      code: 'RUN_FAILED',
      details: { cause: code },
      message: expect.stringMatching(message),
    });
    expect(temporal.requests).toHaveLength(1);
    expect((await allEvents(run)).at(-1)).toMatchObject({ type: 'StopEvent/WorkflowFailedEvent', code });
  });
});

describe('what passes is retried', () => {
  test.each<[string, ScriptedReply]>([
    ['a server error', { status: 500 }],
    ['an overloaded server', { status: 503 }],
    ['a conflict', { status: 409 }],
    ['a timeout', { status: 408 }],
    ['a broken connection', { disconnect: true }],
  ])('%s', async (_name, reply) => {
    const run = await temporal.run('toolAgent', [reply, says('Here I am.')]);
    expect(String(await run.result())).toBe('Here I am.');
    expect(temporal.requests).toHaveLength(2);
  });

  test('after as long as the provider asks for', async () => {
    const started = Date.now();
    const run = await temporal.run('toolAgent', [{ status: 429, headers: { 'retry-after': '2' } }, says('Now.')]);
    expect(String(await run.result())).toBe('Now.');
    expect(Date.now() - started).toBeGreaterThanOrEqual(2000);
  });

  test('for as long as modelRetryFor says, and no longer', async () => {
    const run = await temporal.run('impatientAgent', [{ status: 500, error: { message: 'down' } }]);
    await expect(run.result()).rejects.toMatchObject({
      details: { cause: 'MODEL_UNAVAILABLE' },
      message: expect.stringMatching(/1500 ms.*down/s),
    });
  });
});

test('a long conversation is read by a query: the model is told all of it, history holds it once', async () => {
  const run = await temporal.run(
    'toolAgent',
    [calls(['add', { a: 1, b: 2 }]), calls(['add', { a: 3, b: 4 }]), says('Done.')],
    LONG,
  );
  await run.result();
  expect(temporal.requests.map(({ messages }) => messages.length)).toEqual([1, 3, 5]);
  expect(temporal.requests[2]?.messages[0]?.content).toBe(LONG);
  const history = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const bytes = JSON.stringify(history).split(Buffer.from('long long ').toString('base64').slice(0, 8)).length - 1;
  expect(bytes).toBeLessThanOrEqual(LONG.length / 5);
  const { historySize } = await temporal.client.temporal.workflow.getHandle(run.workflowId).describe();
  expect(historySize).toBeLessThan(LONG.length + 6000);
});

test('the model is told each tool’s arguments as a strict JSON Schema', async () => {
  const run = await temporal.run('toolAgent', [says('Fine.')]);
  await run.result();
  expect(temporal.requests[0]?.tools?.find((tool) => tool.function.name === 'add')).toEqual({
    type: 'function',
    function: {
      name: 'add',
      description: 'Add two numbers.',
      parameters: {
        type: 'object',
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    },
  });
});

test.each([
  'noStreaming',
  'toolCallsInOneChunk',
  'missingUsage',
  'emptyContent',
  'indexlessToolDeltas',
  'reusedCallIds',
] as const)('a provider with the quirk %s is understood', async (quirk) => {
  const two = { ...calls(['add', { a: 1, b: 2 }, 'x'], ['add', { a: 3, b: 4 }, 'y']), quirks: [quirk] };
  const run = await temporal.run('toolAgent', [two, { content: 'Both.', quirks: [quirk] }]);
  expect(String(await run.result())).toBe('Both.');
  const events = await allEvents(run);
  const results = events.filter(({ type }) => type === 'ToolCallResult');
  expect(results.map((event) => event['toolOutput']).sort()).toEqual(['3', '7']);
  expect(new Set(results.map((event) => event['toolId'])).size).toBe(2);
});

test('what is said of wrong arguments does not repeat them, however long they are', async () => {
  const long = 'x'.repeat(900_000);
  const run = await temporal.run('toolAgent', [calls(['add', { a: long, b: long.slice(0, 10) }]), says('Sorry.')]);
  expect(String(await run.result())).toBe('Sorry.');
  const result = (await allEvents(run)).find(({ type }) => type === 'ToolCallResult');
  expect(result).toMatchObject({
    isError: true,
    toolOutput: expect.stringMatching(/cannot be used: "a": .*Expected number/),
  });
  expect(String(result?.['toolOutput']).length).toBeLessThan(2000);
});

test('numbers that are longer when they are written again make a reply too long, and do not wedge its call', async () => {
  const run = await temporal.run('toolAgent', [calls(['add', `{"a":[${'1e20,'.repeat(150_000)}1],"b":1}`])]);
  await expect(run.result()).rejects.toMatchObject({
    details: { cause: 'MODEL_REJECTED' },
    message: expect.stringContaining('bytes'),
  });
});

test('a provider’s complaint of any length, with half a character in it, is quoted', async () => {
  const run = await temporal.run('toolAgent', [{ status: 400, error: { message: `\ud800 ${'m'.repeat(3_000_000)}` } }]);
  const ended = (await run.result().catch((error: unknown) => error)) as Error;
  expect(ended).toMatchObject({ details: { cause: 'MODEL_REJECTED' } });
  expect(ended.message.length).toBeLessThan(4096);
});
