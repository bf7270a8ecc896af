/**
 * Transcripts: the conversations that a run can have, as random cases.
 *
 * @module
 */
import fc from 'fast-check';
import type { ModelRequest } from '../../src/models/model';
import type { ContentPart, UserContent, Message, ModelToolCall } from '../../src/protocol';

const text = fc.oneof({ weight: 3, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n') });
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('one', 'two', 'handoff') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('multi_tool_use.parallel', 'get<|channel|>x', '', 'n'.repeat(200), 'Ünïcode'),
  },
);
/** The model's own ids, as strict providers make them; others come with the calls of another model. */
const ownId = fc.oneof(fc.stringMatching(/^[a-z0-9]{9}$/), fc.constantFrom('call00000', 'call00001'));
const anyId = fc.oneof(
  ownId,
  fc.constantFrom('call_PTLP8xhu3uwZk4l3nlnrrJha', 'functions.one:0', 'x'.repeat(200)),
  fc.string({ minLength: 1 }),
);

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
export const MEDIA: Readonly<Record<string, ContentPart>> = {
  image_url: { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
  input_audio: { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
  file: { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' } },
};
/** What a user says, in texts and parts of these types. */
function said(types: readonly string[]): fc.Arbitrary<UserContent> {
  const parts = [
    text.map((one): ContentPart => ({ type: 'text', text: one })),
    ...types.map((type) => fc.constant(MEDIA[type] as ContentPart)),
  ];
  return fc.oneof(text, fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 4 }));
}

const extra = { extra_content: { google: { thought_signature: 's' } } };
const step = fc
  .record({
    isOwn: fc.boolean(),
    content: text,
    calls: fc.array(fc.record({ name, own: ownId, any: anyId, result: text }), { minLength: 1, maxLength: 3 }),
    hasFields: fc.boolean(),
  })
  .map(({ isOwn, content, calls, hasFields }): readonly Message[] => {
    const seen = new Set<string>();
    const toolCalls = calls.flatMap(({ name: called, own, any }): readonly ModelToolCall[] => {
      const id = isOwn ? own : any;
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ id, name: called, args: { a: 1 } }];
    });
    const provider = {
      of: 'another',
      message: { reasoning_content: 'Hm.' },
      calls: { [toolCalls[0]?.id ?? '']: extra },
    };
    return [
      { role: 'assistant', content, toolCalls, by: isOwn ? 'me' : 'another', ...(hasFields ? { provider } : {}) },
      ...toolCalls.map(({ id }, nth) => ({ role: 'tool' as const, toolCallId: id, content: calls[nth]?.result ?? '' })),
    ];
  });
/** A user message, steps, and a last word: or none, where the turn has failed. */
function turnOf(words: fc.Arbitrary<UserContent>): fc.Arbitrary<readonly Message[]> {
  return fc
    .record({ words, steps: fc.array(step, { maxLength: 3 }), answer: fc.option(text) })
    .map(({ words: content, steps, answer }): readonly Message[] => [
      { role: 'user', content },
      ...steps.flat(),
      ...(answer === null ? [] : [{ role: 'assistant' as const, content: answer }]),
    ]);
}
export const turn = turnOf(text);
const history = fc.array(
  fc.record({ role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const), content: text }),
  { maxLength: 4 },
);
/** @param types The parts that its user messages may have beside texts. */
export function transcriptOf(types: readonly string[]): fc.Arbitrary<readonly Message[]> {
  const words = said(types);
  return fc
    .tuple(
      history,
      fc.array(turnOf(words), { maxLength: 3 }),
      fc.record({ words, steps: fc.array(step, { maxLength: 3 }) }),
    )
    .map(([before, turns, { words: content, steps }]): readonly Message[] => [
      ...before,
      ...turns.flat(),
      { role: 'user', content },
      ...steps.flat(),
    ]);
}

const tools = ['one', 'two', 'handoff'].map((tool) => ({
  name: tool,
  description: tool === 'handoff' ? `To whom?\n${'- agent: what it does\n'.repeat(200)}` : '',
  parameters: { type: 'object', properties: {} },
}));

/** Without a stream: not every provider takes `stream_options`, which are left out once it has said so. */
export function request(messages: readonly Message[], rest: Partial<ModelRequest>): ModelRequest {
  return {
    llm: 'me',
    system: ['You help.', ''],
    messages,
    tools,
    allowParallelToolCalls: true,
    stream: false,
    settings: {},
    ...rest,
  };
}

export const asked = fc.oneof(
  fc.constant({}),
  fc.constant({ tools: [] }),
  fc.constant({ tools: [], instruction: 'Give the best answer you can.' }),
  fc.constant({ toolChoice: 'required', allowParallelToolCalls: false }),
);
