import { describe, expect, test } from '@jest/globals';
import { body, call, delta, inPieces, read, sse, toolCall } from './replies';

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

test.each([
  ['{}', '{"id":"7"}'],
  ['{}', '{}'],
  ['', ''],
])('two calls of one list, without ids and numbers, stay two: %j and %j', async (first, second) => {
  const tool_calls = [
    { function: { name: 'one', arguments: first } },
    { function: { name: 'two', arguments: second } },
  ];
  const whole = { choices: [{ index: 0, message: { tool_calls }, finish_reason: 'tool_calls' }] };
  const streamed = sse(delta({ tool_calls }), delta({}, 'tool_calls'));
  const json = new Response(JSON.stringify(whole), { headers: { 'content-type': 'application/json' } });
  for (const response of [streamed, json]) {
    const { toolCalls } = await read(response);
    expect(toolCalls.map(({ name, arguments: text }) => [name, text])).toEqual([
      ['one', first],
      ['two', second],
    ]);
  }
});

test('what cannot be told apart is no call of a tool that is there', async () => {
  const apart = [call({ name: 'one' }, '{}'), call({ name: 'two' }, '{"id":"7"}'), delta({}, 'tool_calls')];
  const { toolCalls } = await read(sse(...apart));
  expect(toolCalls.map(({ name }) => name)).toEqual(['onetwo']);
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

const at = (index: number | undefined, id: string | undefined, name: string | undefined, args: string): object =>
  toolCall({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  });
test.each<[string, readonly object[], readonly (readonly [string, string])[]]>([
  ['another id with each piece', [at(0, 'a', 'one', ''), at(0, 'b', undefined, '{"q":"x"}')], [['one', '{"q":"x"}']]],
  ['a line feed after its end', [at(0, 'a', 'one', '{"q":"x"}'), at(0, 'a', 'one', '\n')], [['one', '{"q":"x"}\n']]],
  [
    'the same arguments as the call before, and no id',
    [at(0, '', 'one', '{"q":"x"}'), at(0, '', 'two', '{"q":"x"}')],
    [
      ['one', '{"q":"x"}'],
      ['two', '{"q":"x"}'],
    ],
  ],
  [
    'a name as before, no id, and arguments after none: it is one that cannot be run',
    [at(0, '', 'one', '{}'), at(0, '', 'one', '{"q":"x"}')],
    [['one', '{}{"q":"x"}']],
  ],
  [
    'all calls once more at the end',
    [
      at(0, 'a', 'one', '{}'),
      at(1, 'b', 'two', '{"q":'),
      at(1, 'b', undefined, '"x"}'),
      delta({
        tool_calls: [
          { id: 'a', function: { name: 'one', arguments: '{}' } },
          { id: 'b', function: { name: 'two', arguments: '{"q":"x"}' } },
        ],
      }),
    ],
    [
      ['one', '{}'],
      ['two', '{"q":"x"}'],
    ],
  ],
])('a call that comes with %s', async (_what, deltas, calls) => {
  const { toolCalls } = await read(sse(...deltas, delta({}, 'tool_calls')));
  expect(toolCalls.map(({ name, arguments: text }) => [name, text])).toEqual(calls);
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

test('without calls, plain reasoning is not kept: the provider refuses it in the next turn', async () => {
  const reply = await read(sse(delta({ reasoning_content: 'Hm.', content: 'Hi.' }, 'stop')));
  expect(reply.provider).toBeUndefined();
});

test('numbers in what the provider gets back are those that any client would send', async () => {
  const extra_content = { google: { trace: 'SIZE', thought_signature: 'sig' } };
  const text = JSON.stringify(
    delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'one', arguments: '{}' }, extra_content }] }, 'stop'),
  );
  const big = text.replace('"SIZE"', '12345678901234567890');
  const reply = await read(new Response(`data: ${big}\n\n`, { headers: { 'content-type': 'text/event-stream' } }));
  expect(JSON.stringify(reply.provider)).toContain('"trace":12345678901234567000');
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
