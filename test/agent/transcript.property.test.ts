import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Transcript } from '../../src/agent';
import type { Message } from '../../src/protocol';
import { FUZZ_WITHIN_MS, fuzzed } from '../setup/fuzz';

type Step =
  | { readonly kind: 'says'; readonly role: 'user' | 'system' | 'assistant'; readonly content: string }
  /** A reply with tool calls, of which some are answered, in some order, before the others are closed. */
  | { readonly kind: 'calls'; readonly count: number; readonly answered: readonly number[]; readonly content: string };

// A page holds 1 MiB: so some texts are as large as a part of it, and one is larger.
const content = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 2, arbitrary: fc.constantFrom('x'.repeat(400_000), '汉'.repeat(200_000)) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(1_200_000)) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('says' as const), role: fc.constantFrom('user', 'system', 'assistant'), content }),
  fc.record({
    kind: fc.constant('calls' as const),
    count: fc.integer({ min: 1, max: 5 }),
    answered: fc.uniqueArray(fc.nat(4), { maxLength: 5 }),
    content,
  }),
);
const steps = fc.array(step, { maxLength: 12 });

/** Does the steps, and gives the messages that must be there after each. */
function play(steps: readonly Step[]): { readonly transcript: Transcript; readonly messages: readonly Message[] } {
  const transcript = new Transcript();
  const messages: Message[] = [];
  const append = (message: Message): void => {
    transcript.append(message);
    messages.push(message);
  };
  for (const [nth, one] of steps.entries()) {
    if (one.kind === 'says') {
      append({ role: one.role, content: one.content });
      continue;
    }
    const ids = Array.from({ length: one.count }, (_none, call) => `${nth}.${call}`);
    append({ role: 'assistant', content: one.content, toolCalls: ids.map((id) => ({ id, name: 't', args: {} })) });
    const answered = one.answered.flatMap((call) => ids[call] ?? []);
    for (const id of answered) append({ role: 'tool', toolCallId: id, content: 'done' });
    const open = ids.filter((id) => !answered.includes(id));
    expect(transcript.openCalls().map(({ id }) => id)).toEqual(open);
    transcript.closeCalls('closed');
    for (const id of open) messages.push({ role: 'tool', toolCallId: id, content: 'closed' });
    expect(transcript.openCalls()).toEqual([]);
  }
  return { transcript, messages };
}

test(
  'every tool call is followed by exactly one tool message, and nothing that was said is changed',
  () => {
    fc.assert(
      fc.property(steps, (done) => {
        const { transcript, messages } = play(done);
        expect(transcript.all()).toEqual(messages);
        const waiting = new Set<string>();
        for (const message of transcript.all()) {
          if (message.role === 'tool') expect(waiting.delete(message.toolCallId)).toBe(true);
          else expect([...waiting]).toEqual([]);
          if ('toolCalls' in message) for (const { id } of message.toolCalls) waiting.add(id);
        }
        expect([...waiting]).toEqual([]);
      }),
      fuzzed(50),
    );
  },
  FUZZ_WITHIN_MS,
);

const place = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1e15, 1e15, Number.MAX_SAFE_INTEGER, 1e300, -1e300) },
);

test(
  'pages, from wherever to wherever, show each message once, in order, and are never too large',
  () => {
    fc.assert(
      fc.property(steps, place, place, (done, from, upTo) => {
        const { transcript, messages } = play(done);
        const walked: Message[] = [];
        const asked = messages.slice(Math.max(0, from), Math.max(0, upTo));
        let next = from;
        for (let pages = 0; ; pages += 1) {
          const page = transcript.page(next, upTo);
          expect(page.length).toBe(messages.length);
          expect(page.messages.length === 1 || JSON.stringify(page.messages).length < 1_100_000).toBe(true);
          walked.push(...page.messages);
          if (page.messages.length === 0) break;
          next = page.next;
          expect(pages).toBeLessThan(asked.length);
        }
        expect(walked).toEqual(asked);
      }),
      fuzzed(50),
    );
  },
  FUZZ_WITHIN_MS,
);
