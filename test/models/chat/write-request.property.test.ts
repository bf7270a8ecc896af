import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Message, ModelToolCall } from '../../../src/agent';
import { contentText, type ContentPart, type UserContent } from '../../../src/protocol';
import type { ModelRequest } from '../../../src/models/model';
import { writeRequest } from '../../../src/models/chat/write-request';
import { PROVIDER_RULES, refusalBy, type ProviderRules } from '../../../src/testing/rules';
import type { ModelRequest as WireRequest } from '../../../src/testing';

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
const MEDIA: Readonly<Record<string, ContentPart>> = {
  image_url: { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
  input_audio: { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
  file: { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' } },
};
/** What each provider takes, by its documents, of the models that take most. */
const TAKES: Readonly<Record<ProviderRules, readonly string[]>> = {
  openai: ['image_url', 'input_audio', 'file'],
  gemini: ['image_url', 'input_audio'],
  mistral: ['image_url', 'input_audio'],
  deepseek: [],
  anthropic: ['image_url', 'file'],
  bedrock: ['image_url', 'file'],
  groq: [],
  template: ['image_url', 'input_audio'],
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
const turn = turnOf(text);
const history = fc.array(
  fc.record({ role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const), content: text }),
  { maxLength: 4 },
);
/** @param types The parts that its user messages may have beside texts. */
function transcriptOf(types: readonly string[]): fc.Arbitrary<readonly Message[]> {
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
function request(messages: readonly Message[], rest: Partial<ModelRequest>): ModelRequest {
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

function written(of: ModelRequest): WireRequest {
  return JSON.parse(JSON.stringify(writeRequest(of, { model: 'm', of: 'mine' }))) as WireRequest;
}

const asked = fc.oneof(
  fc.constant({}),
  fc.constant({ tools: [] }),
  fc.constant({ tools: [], instruction: 'Give the best answer you can.' }),
  fc.constant({ toolChoice: 'required', allowParallelToolCalls: false }),
);

test.each<ProviderRules>(PROVIDER_RULES)('whatever a run’s conversation is, the rules of %s take it', (provider) => {
  fc.assert(
    fc.property(transcriptOf(TAKES[provider]), asked, (messages, rest) => {
      const body = written(request(messages, rest));
      expect(refusalBy(provider, body)?.body).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('a conversation that grows keeps what was sent before as it was, for the prompt cache', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 2, maxLength: 4 }), (turns) => {
      const answered = turns.map((one): readonly Message[] =>
        one.at(-1)?.role === 'assistant' &&
        contentText(one.at(-1)?.content ?? '').trim() !== '' &&
        !('toolCalls' in (one.at(-1) as Message))
          ? one
          : [...one, { role: 'assistant', content: 'Done.' }],
      );
      const before = answered.slice(0, -1).flat();
      const bodies = [before, answered.flat()].map((messages) =>
        JSON.stringify(written(request([...messages, { role: 'user', content: 'And?' }], {})).messages),
      );
      const same = JSON.stringify(written(request(before, {})).messages.slice(0, -1)).slice(0, -1);
      for (const body of bodies) expect(body.startsWith(same)).toBe(true);
    }),
  );
});

test('nothing that was said is left out', () => {
  fc.assert(
    fc.property(transcriptOf(Object.keys(MEDIA)), (messages) => {
      const body = JSON.stringify(written(request(messages, {})).messages);
      for (const { content } of messages) {
        for (const one of typeof content === 'string' ? [content] : content) {
          const words = typeof one === 'string' ? one : one.type === 'text' ? one.text : undefined;
          if (words === undefined) expect(body).toContain(JSON.stringify(one));
          else if (words.trim() !== '') expect(body).toContain(JSON.stringify(words).slice(1, -1));
        }
      }
    }),
  );
});

test.each(PROVIDER_RULES)('what %s does not take is refused in its words, which hold no bytes', (provider) => {
  for (const type of Object.keys(MEDIA)) {
    const messages: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'Look.' }, MEDIA[type] as ContentPart] },
    ];
    const refusal = refusalBy(provider, written(request(messages, {})));
    expect(refusal === undefined).toBe(TAKES[provider].includes(type));
    expect(JSON.stringify(refusal ?? {})).not.toContain('base64,');
  }
});

test('a list of texts only is a text, which every chat template takes', () => {
  const content = [
    { type: 'text' as const, text: 'One.' },
    { type: 'text' as const, text: 'Two.' },
  ];
  const [, user] = written(request([{ role: 'user', content }], {})).messages;
  expect(user).toEqual({ role: 'user', content: contentText(content) });
  expect(contentText(content)).toBe('One.\n\nTwo.');
});
