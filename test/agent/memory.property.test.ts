import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Memory, Transcript } from '../../src/agent';
import type { Message } from '../../src/protocol';
import { FUZZ_WITHIN_MS, fuzzed } from '../setup/fuzz';

/** System messages, then turns: the user's text, steps of tool calls, and, of all but the last, the response. */
const size = fc.nat(200);
const conversation = fc.record({
  system: fc.array(size, { maxLength: 2 }),
  turns: fc.array(fc.record({ user: size, steps: fc.array(fc.array(size, { minLength: 1, maxLength: 3 })) }), {
    minLength: 1,
    maxLength: 8,
  }),
  tokenLimit: fc.integer({ min: 10, max: 300 }),
});

function messagesOf({ system, turns }: typeof conversation extends fc.Arbitrary<infer T> ? T : never): Message[] {
  const messages: Message[] = system.map((length) => ({ role: 'system', content: 's'.repeat(length) }));
  for (const [turn, { user, steps }] of turns.entries()) {
    messages.push({ role: 'user', content: 'u'.repeat(user) });
    for (const [nth, results] of steps.entries()) {
      const ids = results.map((_size, call) => `${turn}.${nth}.${call}`);
      messages.push({ role: 'assistant', content: '', toolCalls: ids.map((id) => ({ id, name: 't', args: {} })) });
      for (const [call, length] of results.entries()) {
        messages.push({ role: 'tool', toolCallId: ids[call] as string, content: 'x'.repeat(length) });
      }
    }
    if (turn < turns.length - 1) messages.push({ role: 'assistant', content: 'done' });
  }
  return messages;
}

/** One for every 4 bytes and 4 for each text of a message: the documented estimate. */
const estimate = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4) + 4;
const tokensOf = (messages: readonly Message[]): number =>
  messages
    .flatMap((message) => [
      message.content as string,
      ...('toolCalls' in message ? message.toolCalls.map(({ name, args }) => name + JSON.stringify(args)) : []),
    ])
    .reduce((sum, text) => sum + estimate(text), 0);

/** What is told when all before an index goes: system messages at the start, the user's message of its turn, the rest. */
function toldFrom(messages: readonly Message[], index: number): readonly Message[] {
  const leading = messages.findIndex(({ role }) => role !== 'system');
  const task = messages.findLastIndex(({ role }, nth) => nth < index && role === 'user');
  const needsTask = index > 0 && messages[index]?.role !== 'user' && task >= 0;
  return [
    ...messages.slice(0, Math.min(leading, index)),
    ...(needsTask ? [messages[task] as Message] : []),
    ...messages.slice(index),
  ];
}

test(
  'what is told fits if it can: first whole turns go, oldest first, then steps of the open one',
  () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const messages = messagesOf(said);
        const transcript = new Transcript();
        const memory = new Memory(transcript, { tokenLimit: said.tokenLimit });
        for (const message of messages) transcript.append(message);
        const all = tokensOf(messages);
        const lastTurn = messages.findLastIndex(({ role }) => role === 'user');
        const cuts = messages
          .map(({ role }, nth) => ({ nth, role, tokens: tokensOf(toldFrom(messages, nth)) }))
          .filter(({ nth, role }) => nth > 0 && (nth <= lastTurn ? role === 'user' : role !== 'tool'))
          .filter(({ tokens }) => tokens < all);
        const cut = cuts.find(({ tokens }) => tokens <= said.tokenLimit) ?? cuts.at(-1);
        const expected = all <= said.tokenLimit ? undefined : cut?.nth;
        expect(memory.overflow()).toBe(expected);
        if (expected !== undefined) memory.forget(expected);
        expect(memory.messages()).toEqual(expected === undefined ? messages : toldFrom(messages, expected));
      }),
      fuzzed(200),
    );
  },
  FUZZ_WITHIN_MS,
);
