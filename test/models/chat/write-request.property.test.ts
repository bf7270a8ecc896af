import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeRequest } from '../../../src/models/chat/write-request';
import type { ModelRequest } from '../../../src/models/model';
import { contentText, type ContentPart, type Message } from '../../../src/protocol';
import type { ModelRequest as WireRequest } from '../../../src/testing';
import { PROVIDER_RULES, refusalBy, type ProviderRules } from '../../../src/testing/rules';
import { asked, MEDIA, request, transcriptOf, turn } from '../transcripts';

/** What each provider takes, by its documents, of the models that take most. */
const TAKES: Readonly<Record<ProviderRules, readonly string[]>> = {
  openai: ['image_url', 'input_audio', 'file'],
  gemini: ['image_url', 'input_audio'],
  mistral: ['image_url', 'input_audio'],
  deepseek: [],
  anthropic: ['image_url', 'file'],
  bedrock: ['image_url', 'file'],
  groq: [],
  openrouter: ['image_url', 'input_audio', 'file'],
  template: ['image_url', 'input_audio'],
};

function written(of: ModelRequest): WireRequest {
  return JSON.parse(JSON.stringify(writeRequest(of, { model: 'm', of: 'mine' }))) as WireRequest;
}

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
