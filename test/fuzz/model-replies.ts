/**
 * Model replies: what may come where a model's reply is expected, from almost right to plain noise.
 *
 * @module
 */
import fc from 'fast-check';
import { json, text } from './arbitraries';
import { completion, streamed, type RawReply } from './raw-model';

/** What has no text where the API has one spoils a whole reply: so it is rare. */
const odd = { weight: 1, arbitrary: json.filter((value) => typeof value !== 'string') };

const id = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom<unknown>('a', 'b', 'a_1', 'a_2', 'call_0', 'call_1', '', null, undefined),
  },
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: fc.constant('i'.repeat(900_000)) },
  odd,
);
const name = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('add', 'confirm', 'direct', 'failing', 'garbled', 'approve_refund') },
  { weight: 10, arbitrary: fc.constantFrom('nobody', 'handoff', 'add ', '__proto__', 'constructor', '') },
  { weight: 5, arbitrary: text },
  { weight: 1, arbitrary: fc.constant('n'.repeat(900_000)) },
  odd,
);
const given = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      '{"a":1,"b":2}',
      '{"question":"ok?"}',
      '{"amount":5}',
      '{"how":"half"}',
      '{"how":"cause"}',
      '{}',
      '',
      ' ',
      '{"question":"\\ud800"}',
    ),
  },
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      '{"question":',
      'null',
      '[]',
      '7',
      '{"a":"1","b":2}',
      '{"a":1,"b":2,"c":3}',
      '{"__proto__":{"a":1}}',
      `{"question":${'['.repeat(100)}${']'.repeat(100)}}`,
      `{"question":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{"a":"${'x'.repeat(900_000)}","b":1}`,
      `{"question":"${'`` ` '.repeat(100_000)}"}`,
      `{"a":[${'1e20,'.repeat(150_000)}1],"b":1}`,
      `{"${'k'.repeat(900_000)}":1}`,
    ),
  },
  { weight: 4, arbitrary: text },
  odd,
);
/** As a model that is well makes them. */
const fitting = fc.constantFrom(
  { name: 'add', arguments: '{"a":1,"b":2}' },
  { name: 'confirm', arguments: '{"question":"ok?"}' },
  { name: 'approve_refund', arguments: '{"amount":5}' },
  { name: 'direct', arguments: '' },
  { name: 'garbled', arguments: '{"how":"half"}' },
  { name: 'garbled', arguments: '{"how":"cause"}' },
);
const call = fc
  .tuple(id, fc.oneof(fitting, fc.record({ name, arguments: given })))
  .map(([callId, made]) => ({ ...(callId === undefined ? {} : { id: callId }), type: 'function', function: made }));
const calls = fc.oneof(
  { weight: 20, arbitrary: fc.array(call, { maxLength: 5 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 99, max: 130 }).map((count) => Array.from({ length: count }, () => add('a'))),
  },
  { weight: 1, arbitrary: fc.oneof(json, fc.array(json, { maxLength: 2 })) },
);
const content = fc.oneof(
  { weight: 20, arbitrary: text },
  { weight: 10, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(200_000), 'x'.repeat(1_200_000)) },
  odd,
);
const finish = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('stop', 'tool_calls') },
  { weight: 1, arbitrary: fc.constantFrom('length', 'content_filter', 'function_call', '', null) },
  { weight: 1, arbitrary: json },
);

function add(callId: string): object {
  return { id: callId, type: 'function', function: { name: 'add', arguments: '{"a":1,"b":2}' } };
}

const whole = fc
  .record({ content, tool_calls: fc.option(calls, { nil: undefined }), refusal: fc.option(text) }, { requiredKeys: [] })
  .chain((message) => finish.map((reason) => completion({ role: 'assistant', ...message }, reason)));

const delta = fc.record(
  {
    content,
    tool_calls: fc.array(
      fc.tuple(call, fc.option(fc.nat(3), { nil: undefined })).map(([one, index]) => ({ ...one, index })),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);
const inPieces = fc
  .array(fc.oneof({ weight: 30, arbitrary: delta }, json), { maxLength: 6 })
  .chain((deltas) => finish.map((reason) => streamed(deltas, reason)));

const noise = fc
  .record({
    type: fc.constantFrom('text/event-stream', 'application/json', 'text/html', ''),
    chunks: fc.array(
      fc.oneof(
        text,
        json.map((value) => `data: ${JSON.stringify(value)}\n\n`),
        fc.constantFrom(
          'data: {"choices":[{"delta":{"content":"x"}}]}\n\n',
          'data: {"error":{"message":"\\ud800"}}\n\n',
          'data: [DONE]\n\n',
          'data: {',
          ': ping\n\n',
          'event: error\ndata: {}\n\n',
          '{"choices":[]}',
          '<html>',
          '\r\n\r',
        ),
      ),
      { maxLength: 5 },
    ),
    breaks: fc.boolean(),
  })
  .map(
    ({ type, chunks, breaks }): RawReply => ({
      status: 200,
      headers: type === '' ? {} : { 'content-type': type },
      chunks,
      breaks,
    }),
  );

const refusal = fc
  .record({
    status: fc.constantFrom(201, 204, 301, 400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 599),
    error: fc.oneof(
      fc.record({
        message: fc.oneof(text, fc.constant('m'.repeat(3_000_000))),
        code: fc.oneof(text, json),
        type: json,
      }),
      json,
    ),
    after: fc.option(fc.constantFrom('0', '1', '3600', '-5', 'soon', 'Thu, 01 Jan 2099 00:00:00 GMT')),
  })
  .map(
    ({ status, error, after }): RawReply => ({
      status,
      headers: { 'content-type': 'application/json', ...(after === null ? {} : { 'retry-after': after }) },
      chunks: status === 204 ? [] : [JSON.stringify({ error })],
    }),
  );

/** One reply of a model that has lost its mind, or of something that is no model at all. */
export const reply: fc.Arbitrary<RawReply> = fc.oneof(
  { weight: 8, arbitrary: whole },
  { weight: 8, arbitrary: inPieces },
  { weight: 2, arbitrary: noise },
  { weight: 2, arbitrary: refusal },
);
