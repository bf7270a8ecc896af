import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { body, call, delta, inPieces, read, toolCall, weather } from './replies';

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
