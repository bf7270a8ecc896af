import { expect, test } from '@jest/globals';
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
