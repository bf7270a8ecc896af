import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readReply } from '../../../src/models/responses/read-reply';
import { inPieces } from '../chat/replies';

const message = (text: string): object => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
});
const call = (args: unknown, call_id = 'call_1'): object => ({
  type: 'function_call',
  id: 'fc_1',
  call_id,
  name: 'add',
  arguments: args,
});
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed', status: 'completed' };
const response = (output: readonly object[], more: object = {}): object => ({
  object: 'response',
  status: 'completed',
  output,
  usage: { input_tokens: 7, output_tokens: 3, output_tokens_details: { reasoning_tokens: 2 } },
  ...more,
});
const delta = (text: string): object => ({ type: 'response.output_text.delta', output_index: 0, delta: text });
const done = (item: object, output_index = 0): object => ({ type: 'response.output_item.done', output_index, item });
const ended = (body: object, how = 'completed'): object => ({ type: `response.${how}`, response: body });
const stream = (...events: readonly object[]): string =>
  events.map((one) => `event: ${(one as { type: string }).type}\ndata: ${JSON.stringify(one)}\n\n`).join('');

const heard: string[] = [];
const read = (
  text: string,
  type = 'text/event-stream',
  sizes: readonly number[] = [64],
): ReturnType<typeof readReply> => {
  heard.length = 0;
  return readReply(inPieces(text, sizes, type), { of: 'm', onText: (said) => heard.push(said) });
};

const usage = { inputTokens: 7, outputTokens: 3, reasoningTokens: 2 };
const SAID = { content: 'Hello.', toolCalls: [], finishReason: 'stop', usage };
const CALLED = {
  content: '',
  toolCalls: [{ id: 'call_1', name: 'add', arguments: '{"a":1}' }],
  finishReason: 'tool_calls',
  usage,
};

test.each([
  ['a text', [delta('Hel'), delta('lo.'), ended(response([message('Hello.')]))], SAID],
  ['a call', [done(call('{"a":1}')), ended(response([call('{"a":1}')]))], CALLED],
  ['an end that leaves its output out', [delta('Hello.'), done(message('Hello.')), ended(response([]))], SAID],
  [
    'a call that only its arguments’ end tells',
    [
      { type: 'response.output_item.added', output_index: 0, item: call('') },
      { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'fc_1', arguments: '{"a":1}' },
      ended(response([])),
    ],
    CALLED,
  ],
  [
    'a call that was begun and never ended',
    [
      delta('Hello.'),
      { type: 'response.output_item.added', output_index: 1, item: call('') },
      { type: 'response.function_call_arguments.delta', output_index: 1, item_id: 'fc_1', delta: '{"a":' },
      ended(response([])),
    ],
    { ...SAID, finishReason: 'length' },
  ],
  ['arguments as an object', [ended(response([call({ a: 1 })]))], CALLED],
  [
    'events of kinds that nobody knows',
    [{ type: 'response.new_thing.delta', delta: 'x' }, ended(response([message('Hello.')]))],
    SAID,
  ],
  [
    'a limit',
    [
      ended(
        response([message('Hel')], { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }),
        'incomplete',
      ),
    ],
    { content: 'Hel', toolCalls: [], finishReason: 'length', said: 'max_output_tokens', usage },
  ],
  [
    'a call that was cut off, in a response that calls itself complete',
    [ended(response([{ ...call(''), status: 'incomplete' }]))],
    { toolCalls: [{ id: 'call_1', arguments: '' }], finishReason: 'length' },
  ],
  [
    'an end that only its event calls incomplete',
    [ended({ ...response([call('{}')]), status: undefined }, 'incomplete')],
    { toolCalls: [{ id: 'call_1' }], finishReason: 'length' },
  ],
  [
    'a limit in a response that calls itself complete',
    [ended(response([call('{}')], { incomplete_details: { reason: 'max_output_tokens' } }))],
    { toolCalls: [{ id: 'call_1' }], finishReason: 'length' },
  ],
  [
    'a call that is still in progress',
    [ended(response([{ ...call('{}'), status: 'in_progress' }]))],
    { toolCalls: [{ id: 'call_1' }], finishReason: 'length' },
  ],
  [
    'a text beside an end that has the reasoning only',
    [delta('Hello.'), ended(response([thought]))],
    { content: 'Hello.' },
  ],
  ['a text that was streamed and is nowhere at the end', [delta('Hel'), delta('lo.'), ended(response([]))], SAID],
  [
    'a filter',
    [ended(response([], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }), 'incomplete')],
    { content: '', toolCalls: [], finishReason: 'content_filter', said: 'content_filter', usage },
  ],
  [
    'a refusal',
    [ended(response([{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }]))],
    { ...SAID, content: 'No.' },
  ],
  [
    'reasoning',
    [ended(response([thought, call('{"a":1}')]))],
    {
      ...CALLED,
      provider: {
        of: 'm',
        message: {
          items: [
            { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' },
            { type: 'function_call', call_id: 'call_1' },
          ],
        },
      },
    },
  ],
  [
    'two messages, each with its phase',
    [
      delta('Let me see.'),
      { type: 'response.output_item.added', output_index: 1, item: message('') },
      delta('Done.'),
      ended(
        response([
          thought,
          { ...message('Let me see.'), phase: 'commentary' },
          { ...message('Done.'), phase: 'final_answer' },
        ]),
      ),
    ],
    {
      content: 'Let me see.\n\nDone.',
      provider: {
        message: {
          items: [
            { type: 'reasoning' },
            { type: 'message', phase: 'commentary', from: 0, to: 11 },
            { type: 'message', phase: 'final_answer', from: 13, to: 18 },
          ],
        },
      },
    },
  ],
  [
    'two calls of one id',
    [ended(response([call('{}'), call('{}')]))],
    { toolCalls: [{ id: 'call_1' }, { id: 'call_1_1' }] },
  ],
])('%s is read alike, in whatever pieces it comes', async (_what, events, expected) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
      expect(await read(stream(...events), 'text/event-stream', sizes)).toMatchObject(expected);
    }),
    { numRuns: 10 },
  );
});

test('a whole response is read as one that was streamed; words are heard as they come', async () => {
  expect(await read(JSON.stringify(response([message('Hello.')])), 'application/json')).toEqual(SAID);
  await read(stream(delta('Hel'), delta('lo.'), ended(response([message('Hello.')]))));
  expect(heard).toEqual(['Hel', 'Hello.']);
  const another = { type: 'response.output_item.added', output_index: 1, item: message('') };
  await read(stream(delta('One.'), another, delta('Two.'), ended(response([message('One.'), message('Two.')]))));
  expect(heard).toEqual(['One.', 'One.\n\nTwo.']);
});

test.each([
  ['a stream that breaks off', stream(delta('Hel')), { isPassing: true, words: /cut off/ }],
  [
    'a failed response',
    stream(ended(response([], { status: 'failed', error: { code: 'server_error', message: 'Try again.' } }), 'failed')),
    { isPassing: true, words: /Try again/ },
  ],
  [
    'an end that only its event calls failed',
    stream(ended({ ...response([call('{}')]), status: undefined }, 'failed')),
    { isPassing: true, words: /./ },
  ],
  [
    'an error that is a text',
    stream(ended(response([call('{}')], { error: 'boom' }))),
    { isPassing: true, words: /boom/ },
  ],
  [
    'a prompt that is not taken',
    stream(
      ended(response([], { status: 'failed', error: { code: 'invalid_prompt', message: 'Not this.' } }), 'failed'),
    ),
    { status: 400, words: /Not this/ },
  ],
  [
    'an error event',
    stream({ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.' }),
    { words: /Slow down/ },
  ],
  ['a web page', '<html>Sign in</html>', { words: /no response but text\/html/ }],
  ['a chat completion', JSON.stringify({ object: 'chat.completion', choices: [] }), { words: /no response but/ }],
])('%s is an error that says what came', async (what, text, { words, ...expected }) => {
  const type = what === 'a web page' ? 'text/html' : what === 'a chat completion' ? 'application/json' : undefined;
  await expect(read(text, type)).rejects.toMatchObject({
    problem: { ...expected, words: expect.stringMatching(words) },
  });
});
