import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Message, ModelToolCall } from '../../../src/agent';
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
const turn = fc
  .record({ said: text, steps: fc.array(step, { maxLength: 3 }), answer: fc.option(text) })
  .map(({ said, steps, answer }): readonly Message[] => [
    { role: 'user', content: said },
    ...steps.flat(),
    ...(answer === null ? [] : [{ role: 'assistant' as const, content: answer }]),
  ]);
const history = fc.array(
  fc.record({ role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const), content: text }),
  { maxLength: 4 },
);
const transcript = fc
  .tuple(history, fc.array(turn, { maxLength: 3 }), fc.record({ said: text, steps: fc.array(step, { maxLength: 3 }) }))
  .map(([before, turns, { said, steps }]): readonly Message[] => [
    ...before,
    ...turns.flat(),
    { role: 'user', content: said },
    ...steps.flat(),
  ]);

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
    fc.property(transcript, asked, (messages, rest) => {
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
        one.at(-1)?.content.trim() !== '' &&
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
    fc.property(transcript, (messages) => {
      const body = JSON.stringify(written(request(messages, {})).messages);
      for (const { content } of messages)
        if (content.trim() !== '') expect(body).toContain(JSON.stringify(content).slice(1, -1));
    }),
  );
});
