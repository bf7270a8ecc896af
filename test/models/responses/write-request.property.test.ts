import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ModelRequest } from '../../../src/models/model';
import { type InputItem, type ResponsesRequest, writeRequest } from '../../../src/models/responses/write-request';
import type { Message } from '../../../src/protocol';
import { responsesRefusal } from '../../../src/testing/rules/responses';
import { asked, request, transcriptOf } from '../transcripts';

const SEALED = 'sealed';
const TYPES = ['image_url', 'file'];

/** Steps that have fields of a provider are the model's own, and have its reasoning. */
function reasoned(messages: readonly Message[]): readonly Message[] {
  return messages.map((message, nth): Message => {
    if (message.role !== 'assistant' || !('toolCalls' in message) || message.by !== 'me') return message;
    if (message.provider === undefined) return message;
    const items = [
      { type: 'reasoning', id: `rs_${nth}`, summary: [], encrypted_content: SEALED },
      { type: 'message' },
      { type: 'reasoning', id: `rs_${nth}b`, summary: [], encrypted_content: SEALED },
      ...message.toolCalls.map(({ id }) => ({ type: 'function_call', call_id: id })),
    ];
    return { ...message, provider: { of: 'mine', message: { items } } };
  });
}

function written(of: ModelRequest): ResponsesRequest {
  return JSON.parse(JSON.stringify(writeRequest(of, { model: 'm', of: 'mine' }))) as ResponsesRequest;
}

test('whatever a run’s conversation is, the rules of the Responses API take it', () => {
  fc.assert(
    fc.property(transcriptOf(TYPES), asked, (messages, rest) => {
      const body = written(request(reasoned(messages), rest));
      expect(responsesRefusal(body, new Set([SEALED]))?.body).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

const call = { id: 'c1', name: 'add', args: { a: 1 } };
const step = (of: string, items: readonly object[]): readonly Message[] => [
  { role: 'user', content: 'Go.' },
  {
    role: 'assistant',
    content: 'Let me see.',
    toolCalls: [call],
    by: 'me',
    provider: { of, message: { items: items as never } },
  },
  { role: 'tool', toolCallId: 'c1', content: '2' },
];
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: SEALED };
const typesOf = (items: readonly InputItem[]): readonly unknown[] => items.map(({ type, role }) => type ?? role);

test('reasoning goes back in front of what it led to, and the model’s words and calls in the order they came', () => {
  const items = [
    thought,
    { type: 'message', phase: 'commentary' },
    { ...thought, id: 'rs_2' },
    { type: 'function_call', call_id: 'c1' },
  ];
  const { input } = written(request(step('mine', items), {}));
  expect(typesOf(input)).toEqual([
    'user',
    'reasoning',
    'assistant',
    'reasoning',
    'function_call',
    'function_call_output',
  ]);
  expect(input[2]).toEqual({ role: 'assistant', content: 'Let me see.', phase: 'commentary' });
  expect(input[4]).toEqual({ type: 'function_call', call_id: 'c1', name: 'add', arguments: '{"a":1}' });
});

test('messages of one reply go back apart, each in its phase; together where the text is no longer theirs', () => {
  const items = [
    { type: 'message', phase: 'commentary', from: 0, to: 7 },
    thought,
    { type: 'message', phase: 'final_answer', from: 9, to: 13 },
  ];
  const of = (content: string): readonly InputItem[] => {
    const [user, step1, ...rest] = step('mine', items);
    return written(request([user as Message, { ...(step1 as Message), content }, ...rest], {})).input;
  };
  expect(of('Let me.\n\nSee.').slice(1, 4)).toEqual([
    { role: 'assistant', content: 'Let me.', phase: 'commentary' },
    expect.objectContaining({ type: 'reasoning' }),
    { role: 'assistant', content: 'See.', phase: 'final_answer' },
  ]);
  expect(of('Another text.')[1]).toEqual({ role: 'assistant', content: 'Another text.', phase: 'commentary' });
});

test.each([
  ['store', { store: true }, /cannot set store: each request has the whole conversation/],
  ['include', { include: ['message.output_text.logprobs'] }, /cannot set include/],
  ['the format of the text', { text: { format: { type: 'json_object' } } }, /cannot set text.format/],
])('an extraBody that sets %s, which a run writes itself, is an error', (_what, extraBody, message) => {
  expect(() => written(request([], { settings: { extraBody } }))).toThrow(message);
});

test('what extraBody says of the text stands beside the schema of an outcome', () => {
  const settings = { extraBody: { text: { verbosity: 'low' } } };
  expect(written(request([], { settings }))['text']).toEqual({ verbosity: 'low' });
  expect(written(request([], { settings, outputSchema: { type: 'object' } }))['text']).toMatchObject({
    verbosity: 'low',
    format: { type: 'json_schema' },
  });
});

test('reasoning of another model, or of what is no longer told, goes to nobody', () => {
  const own = [thought, { type: 'function_call', call_id: 'c1' }];
  expect(typesOf(written(request(step('theirs', own), {})).input)).not.toContain('reasoning');
  const gone = [thought, { type: 'function_call', call_id: 'c0' }];
  expect(typesOf(written(request(step('mine', gone), {})).input)).not.toContain('reasoning');
});

test('settings have the names of the Responses API; a seed, which it has not, is an error', () => {
  const settings = {
    temperature: 0.5,
    topP: 0.9,
    maxTokens: 9,
    reasoningEffort: 'low',
    extraBody: { reasoning: { summary: 'auto' }, service_tier: 'flex' },
  };
  expect(written(request([], { settings }))).toMatchObject({
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 9,
    reasoning: { effort: 'low', summary: 'auto' },
    service_tier: 'flex',
    store: false,
  });
  expect(() => written(request([], { settings: { seed: 1 } }))).toThrow(/has no seed/);
});

test('images and files have parts of their own; audio, which it does not take, is an error', () => {
  const content = [
    { type: 'text' as const, text: 'Look.' },
    { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } },
    { type: 'file' as const, file: { file_data: 'https://example.com/a.pdf' } },
    { type: 'file' as const, file: { file_id: 'file-1' } },
  ];
  expect(written(request([{ role: 'user', content }], {})).input[0]?.['content']).toEqual([
    { type: 'input_text', text: 'Look.' },
    { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
    { type: 'input_file', file_url: 'https://example.com/a.pdf' },
    { type: 'input_file', file_id: 'file-1' },
  ]);
  const audio = [{ type: 'input_audio' as const, input_audio: { data: 'UklGRg==', format: 'wav' } }];
  expect(() => written(request([{ role: 'user', content: audio }], {}))).toThrow(/takes no audio/);
});
