import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readReply } from '../../../src/models/chat/read-reply';

function sse(...chunks: readonly object[]): Response {
  const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const toolCall = (fields: object): object => delta({ tool_calls: [fields] });
const read = (response: Response): ReturnType<typeof readReply> =>
  readReply(response, { of: 'm', toolNames: new Set(['one', 'two', 'add', 'get_weather']), onText: () => undefined });

test('a stream that ends without a finish_reason was cut off, and is an error', async () => {
  await expect(read(sse(delta({ content: 'Deploy to' })))).rejects.toThrow(/cut off/);
});

test('an error in the middle of a stream is an error', async () => {
  await expect(read(sse(delta({ content: 'Dep' }), { error: { message: 'overloaded' } }))).rejects.toThrow(
    /overloaded/,
  );
});

test('calls without an index are told apart by their ids', async () => {
  const reply = await read(
    sse(
      toolCall({ id: 'a', function: { name: 'one', arguments: '{"x"' } }),
      toolCall({ function: { arguments: ':1}' } }),
      toolCall({ id: 'b', function: { name: 'two', arguments: '{}' } }),
      delta({}, 'tool_calls'),
    ),
  );
  expect(reply.toolCalls).toEqual([
    { id: 'a', name: 'one', arguments: '{"x":1}' },
    { id: 'b', name: 'two', arguments: '{}' },
  ]);
});

test('calls without an id, or with the same one, get ids of their own', async () => {
  const reply = await read(
    sse(
      toolCall({ index: 0, id: 'same', function: { name: 'one', arguments: '' } }),
      toolCall({ index: 1, id: 'same', function: { name: 'two', arguments: '' } }),
      toolCall({ index: 2, function: { name: 'three', arguments: '' } }),
      delta({}, 'tool_calls'),
    ),
  );
  expect(new Set(reply.toolCalls.map(({ id }) => id)).size).toBe(3);
});

test.each([
  ['an error object', { error: { message: 'overloaded', code: 'context_length_exceeded' } }, /overloaded/],
  ['no choices', {}, /no chat completion/],
])('a 200 with %s is an error, not an empty reply', async (_name, body, message) => {
  const response = new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  await expect(read(response)).rejects.toThrow(message);
});

test('a new id at the same index begins a new call, and a repeated name is one name', async () => {
  const reply = await read(
    sse(
      toolCall({ index: 0, id: 'a', function: { name: 'add', arguments: '{"a":1}' } }),
      toolCall({ index: 0, id: 'a', function: { name: 'add', arguments: '' } }),
      toolCall({ index: 0, id: 'b', function: { name: 'add', arguments: '{"a":2}' } }),
      delta({}, 'tool_calls'),
    ),
  );
  expect(reply.toolCalls).toEqual([
    { id: 'a', name: 'add', arguments: '{"a":1}' },
    { id: 'b', name: 'add', arguments: '{"a":2}' },
  ]);
});

test('no two calls of a reply have one id, whatever the model calls them', async () => {
  const ids = ['a_2', 'a', 'a', '', 'call_3', 'x'.repeat(1_000_000)];
  const reply = await read(
    sse(
      ...ids.map((id, index) => toolCall({ index, id, function: { name: 'n'.repeat(1000), arguments: '' } })),
      delta({}, 'tool_calls'),
    ),
  );
  expect(new Set(reply.toolCalls.map(({ id }) => id)).size).toBe(ids.length);
  for (const { id, name } of reply.toolCalls) expect(id.length + name.length).toBeLessThanOrEqual(400);
});

const DONE = 'data: [DONE]\n\n';
const body = (chunks: readonly object[], end = DONE): string =>
  chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('') + end;
const call = (fields: object, args: unknown, index?: number): object =>
  toolCall({ ...(index === undefined ? {} : { index }), ...fields, function: { ...nameOf(fields), arguments: args } });
const nameOf = (fields: { readonly name?: string }): object => (fields.name === undefined ? {} : { name: fields.name });
const weather = (args: string, id = 'a'): object => ({ id, name: 'get_weather', arguments: args });

/** The bytes, in pieces that end anywhere. */
function inPieces(text: string, sizes: readonly number[], type = 'text/event-stream'): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let nth = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[nth++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(stream, { headers: { 'content-type': type } });
}

describe('streams are read alike, as servers send them and in whatever pieces they come', () => {
  test.each<[string, string, object]>([
    [
      'a name in pieces',
      body([
        call({ id: 'a', name: 'get_' }, '', 0),
        call({ name: 'weather' }, '{"city":', 0),
        call({}, '"Paris"}', 0),
        delta({}, 'tool_calls'),
      ]),
      { toolCalls: [weather('{"city":"Paris"}')] },
    ],
    [
      'id and name in every delta',
      body([
        call({ id: 'a', name: 'get_weather' }, '{"city"', 0),
        call({ id: 'a', name: 'get_weather' }, ':"Paris"}', 0),
        delta({}, 'tool_calls'),
      ]),
      { toolCalls: [weather('{"city":"Paris"}')] },
    ],
    [
      'a name that grows',
      body([call({ id: 'a', name: 'get_' }, '', 0), call({ name: 'get_weather' }, '{}', 0), delta({}, 'tool_calls')]),
      { toolCalls: [weather('{}')] },
    ],
    [
      'two calls under one index, with ids',
      body([
        call({ id: 'a', name: 'one' }, '{"x":1}', 0),
        call({ id: 'b', name: 'two' }, '{"x":2}', 0),
        delta({}, 'tool_calls'),
      ]),
      {
        toolCalls: [
          { id: 'a', name: 'one', arguments: '{"x":1}' },
          { id: 'b', name: 'two', arguments: '{"x":2}' },
        ],
      },
    ],
    [
      'two calls under one index, without ids',
      body([
        call({ id: '', name: 'one' }, '{"x":1}', 0),
        call({ id: '', name: 'one' }, '{"x":2}', 0),
        delta({}, 'stop'),
      ]),
      {
        finishReason: 'tool_calls',
        toolCalls: [
          { id: 'call00000', name: 'one', arguments: '{"x":1}' },
          { id: 'call00001', name: 'one', arguments: '{"x":2}' },
        ],
      },
    ],
    [
      'a call that is sent whole once more at the end',
      body([
        call({ id: 'a', name: 'one' }, '{"x":', 0),
        call({}, '1}', 0),
        call({ id: 'a', name: 'one' }, '{"x":1}', 0),
        delta({}, 'tool_calls'),
      ]),
      { toolCalls: [{ id: 'a', name: 'one', arguments: '{"x":1}' }] },
    ],
    [
      'arguments that begin with an empty object',
      body([
        call({ id: 'a', name: 'get_weather' }, '{}', 0),
        call({}, '{"city":', 0),
        call({}, '"Paris"}', 0),
        delta({}, 'tool_calls'),
      ]),
      { toolCalls: [weather('{"city":"Paris"}')] },
    ],
    [
      'an empty object alone',
      body([call({ id: 'a', name: 'one' }, '{}', 0), delta({}, 'tool_calls')]),
      { toolCalls: [{ id: 'a', name: 'one', arguments: '{}' }] },
    ],
    [
      'arguments that are an object',
      body([call({ id: 'a', name: 'one' }, { x: [1, '2'] }), delta({}, 'tool_calls')]),
      { toolCalls: [{ id: 'a', name: 'one', arguments: '{"x":[1,"2"]}' }] },
    ],
    [
      'an object with a number that JSON.parse rounds',
      `data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"one","arguments":{"id":2512292042121000001}}}]},"finish_reason":"tool_calls"}]}\n\n`,
      { toolCalls: [{ id: 'a', name: 'one', arguments: '{"id":2512292042121000001}' }] },
    ],
    [
      'the older function_call',
      body([
        delta({ function_call: { name: 'one', arguments: '{"x"' } }),
        delta({ function_call: { arguments: ':1}' } }, 'function_call'),
      ]),
      { finishReason: 'tool_calls', toolCalls: [{ id: 'call00000', name: 'one', arguments: '{"x":1}' }] },
    ],
    [
      'content as a list of parts',
      body([
        delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
        delta({
          content: [
            { type: 'text', text: 'After ' },
            { type: 'text', text: '2 hours.' },
          ],
        }),
        delta({ content: [{ type: 'reference', reference_ids: [1] }] }, 'stop'),
      ]),
      { content: 'After 2 hours.', toolCalls: [] },
    ],
    [
      'no finish_reason, and [DONE]',
      body([delta({ content: 'All of it, ünd më.' })]),
      { content: 'All of it, ünd më.', finishReason: 'stop' },
    ],
    [
      'a finish_reason, and no [DONE]',
      body([delta({ content: 'All.' }, 'stop')], ''),
      { content: 'All.', finishReason: 'stop' },
    ],
    [
      'an empty finish_reason until the last',
      body([delta({ content: 'All' }, ''), delta({ content: '.' }, ''), delta({}, 'stop')]),
      { content: 'All.', finishReason: 'stop' },
    ],
    [
      'comments and other fields',
      `: PROCESSING\n\nevent: x\nid: 1\nretry: 5\n${body([delta({ content: 'Hi' }, 'stop')])}`,
      { content: 'Hi' },
    ],
    [
      'data without a space, carriage returns, and a last event without its end',
      body([delta({ content: 'Hi' }, 'stop')], '')
        .replaceAll('data: ', 'data:')
        .replaceAll('\n', '\r\n')
        .trimEnd(),
      { content: 'Hi' },
    ],
    [
      'an event in several lines',
      'data: {"choices":[{"delta":\ndata: {"content":"Hi"},"finish_reason":"stop"}]}\n\n',
      { content: 'Hi' },
    ],
    [
      'a refusal',
      body([delta({ refusal: 'I will' }), delta({ refusal: ' not.' }, 'stop')]),
      { content: 'I will not.' },
    ],
    [
      'one JSON body under the type of a stream',
      JSON.stringify({ choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }),
      { content: 'Hi' },
    ],
    [
      'what the provider wants to have back',
      body([
        delta({ reasoning_content: 'I ' }),
        delta({ reasoning_content: 'think.', reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'I ' }] }),
        delta({
          reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'think.', signature: 's' }],
          usage_note: 'no',
        }),
        toolCall({
          index: 0,
          id: 'a',
          function: { name: 'one', arguments: '{}' },
          extra_content: { google: { thought_signature: 'sig' } },
        }),
        delta({}, 'tool_calls'),
      ]),
      {
        provider: {
          of: 'm',
          message: {
            reasoning_content: 'I think.',
            reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'I think.', signature: 's' }],
          },
          calls: { a: { extra_content: { google: { thought_signature: 'sig' } } } },
        },
      },
    ],
  ])('%s', async (_name, text, expected) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        expect(await read(inPieces(text, sizes))).toMatchObject(expected);
      }),
      { numRuns: 20 },
    );
  });
});

test('without calls, plain reasoning is not kept: the provider refuses it in the next turn', async () => {
  const reply = await read(sse(delta({ reasoning_content: 'Hm.', content: 'Hi.' }, 'stop')));
  expect(reply.provider).toBeUndefined();
});

describe('how a reply ended is read in every provider’s words', () => {
  test.each([
    ['length', 'length'],
    ['MAX_TOKENS', 'length'],
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['content_filter', 'content_filter'],
    ['SAFETY', 'content_filter'],
    ['content_filter: RECITATION', 'content_filter'],
    ['refusal', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
    ['function_call_filter: MALFORMED_FUNCTION_CALL', 'malformed'],
    ['function_call_filter: UNEXPECTED_TOOL_CALL', 'malformed'],
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['eos_token', 'stop'],
    ['COMPLETE', 'stop'],
    ['STOP', 'stop'],
  ])('%s is %s', async (said, finishReason) => {
    expect(await read(sse(delta({ content: 'Hi' }), delta({}, said)))).toMatchObject({ finishReason, said });
  });

  test.each(['error', 'abort', 'insufficient_system_resource', 'network_error'])(
    '%s is a broken reply, which may come whole next time',
    async (said) => {
      await expect(read(sse(delta({ content: 'Hi' }), delta({}, said)))).rejects.toMatchObject({
        problem: { isPassing: true },
      });
    },
  );

  test('a call without arguments, in a stream that never says how it ended, counts as cut off', async () => {
    expect(await read(inPieces(body([call({ id: 'a', name: 'one' }, '', 0)]), [1000]))).toMatchObject({
      finishReason: 'length',
    });
  });

  test('a whole body needs no reason', async () => {
    const whole = { choices: [{ message: { content: 'Hi' }, finish_reason: null }] };
    expect(await read(inPieces(JSON.stringify(whole), [1000], 'application/json'))).toMatchObject({
      finishReason: 'stop',
    });
  });
});

test('a stream under the type of JSON is read as a stream', async () => {
  expect(await read(inPieces(body([delta({ content: 'Hi' }, 'stop')]), [9], 'application/json'))).toMatchObject({
    content: 'Hi',
  });
});

test('a connection that breaks after the reply has ended takes nothing from it, and before it all', async () => {
  const breaking = (text: string): Response => {
    const chunks = [new TextEncoder().encode(text)];
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(new TypeError('terminated'));
        else controller.enqueue(chunk);
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  };
  expect(await read(breaking(body([delta({ content: 'All.' }, 'stop')], '')))).toMatchObject({ content: 'All.' });
  await expect(read(breaking(body([delta({ content: 'All' })], '')))).rejects.toThrow('terminated');
});

test('an empty body is a reply that was cut off, which may come next time', async () => {
  await expect(read(inPieces('', [1], 'application/json'))).rejects.toMatchObject({ problem: { isPassing: true } });
});

describe('tokens are counted by whatever names a server has for them', () => {
  test.each<[string, object, object]>([
    [
      'OpenAI',
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { inputTokens: 10, outputTokens: 5, cachedTokens: 4, reasoningTokens: 3 },
    ],
    [
      'DeepSeek',
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4 },
      { inputTokens: 10, outputTokens: 5, cachedTokens: 4 },
    ],
    ['another', { input_tokens: 10, output_tokens: 5 }, { inputTokens: 10, outputTokens: 5 }],
  ])('%s', async (_name, usage, expected) => {
    const early = { ...delta({ content: 'Hi' }), usage: { prompt_tokens: 10, completion_tokens: 1 } };
    const reply = await read(sse(early, delta({}, 'stop'), { choices: [], usage }));
    expect(reply.usage).toEqual(expected);
  });

  test('what is no count is left out', async () => {
    const reply = await read(sse({ ...delta({ content: 'Hi' }, 'stop'), usage: { prompt_tokens: '10' } }));
    expect(reply.usage).toBeUndefined();
  });
});

describe('what is no reply is quoted', () => {
  test.each<[string, string, string, RegExp]>([
    ['an error that is a text', 'application/json', '{"error":"Unexpected endpoint"}', /^Unexpected endpoint$/],
    ['an error in a stream', 'text/event-stream', body([{ error: { code: 400, message: 'bad tool' } }]), /^bad tool$/],
    [
      'a stream of type error',
      'text/event-stream',
      'event: error\ndata: {"type":"error","error":{"message":"Overloaded"}}\n\n',
      /^Overloaded$/,
    ],
    ['a web page', 'text/html', '<html><title>Sign in</title></html>', /no chat completion but text\/html.*Sign in/],
    [
      'a web page under the type of JSON',
      'application/json',
      '<html>Sign in</html>',
      /no chat completion but application\/json.*Sign in/,
    ],
    ['other JSON', 'application/json', '{"models":[]}', /no chat completion.*models/],
    ['an event that is no JSON', 'text/event-stream', 'data: oops\n\n', /not JSON: oops/],
  ])('%s', async (_name, type, text, words) => {
    await expect(read(inPieces(text, [7], type))).rejects.toThrow(words);
  });
});
