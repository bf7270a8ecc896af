import { describe, expect, test } from '@jest/globals';
import { Memory, Transcript } from '../../src/agent';
import type { Message } from '../../src/protocol';

const user = (content: string): Message => ({ role: 'user', content });
const said = (content: string): Message => ({ role: 'assistant', content });
const call = (id: string): Message => ({ role: 'assistant', content: '', toolCalls: [{ id, name: 'do', args: {} }] });
const gave = (toolCallId: string, content: string): Message => ({ role: 'tool', toolCallId, content });

/** 40 bytes: 10 tokens, and 4 for the message. */
const FORTY = 'x'.repeat(40);

function memoryOf(messages: readonly Message[], tokenLimit: number, overflow?: 'drop' | 'summarize'): Memory {
  const transcript = new Transcript();
  for (const message of messages) transcript.append(message);
  return new Memory(transcript, { tokenLimit, ...(overflow === undefined ? {} : { overflow }) });
}

test('all is told while it fits', () => {
  const memory = memoryOf([user(FORTY), said(FORTY), user(FORTY)], 42);
  expect(memory.overflow()).toBeUndefined();
  expect(memory.told).toEqual({ from: 0, also: [] });
});

test('a token more, and whole turns go, oldest first', () => {
  const turns = [user(FORTY), said(FORTY), user(FORTY), said(FORTY), user(FORTY)];
  expect(memoryOf(turns, 69).overflow()).toBe(2);
  expect(memoryOf(turns, 41).overflow()).toBe(4);
});

test('in a turn the oldest steps go; its user message stays, and is told first', () => {
  const steps = [user('old'), said('old'), user('task'), call('a'), gave('a', FORTY), call('b'), gave('b', FORTY)];
  const memory = memoryOf(steps, 30);
  const before = memory.overflow();
  expect(before).toBe(5);
  memory.forget(before as number);
  expect(memory.told).toEqual({ from: 5, also: [2] });
  expect(memory.messages()).toEqual([user('task'), call('b'), gave('b', FORTY)]);
  expect(memory.overflow()).toBeUndefined();
});

test('an image counts what models ask for one, whatever its bytes, and what must be carried is measured in bytes', () => {
  const shown = (data: string, detail?: 'low'): Message => ({
    role: 'user',
    content: [
      { type: 'text', text: FORTY },
      {
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${data}`, ...(detail === undefined ? {} : { detail }) },
      },
    ],
  });
  const large = 'A'.repeat(200_000);
  const messages = [shown('AAAA'), said(FORTY), shown(large), said(FORTY), user(FORTY)];
  expect(memoryOf(messages, 2 * 1600 + 70).overflow()).toBeUndefined();
  expect(memoryOf(messages, 2 * 1600 + 69).overflow()).toBe(2);
  expect(memoryOf([shown(large, 'low'), user(FORTY)], 85 + 28).overflow()).toBeUndefined();
  expect(memoryOf(messages, 1e6).cutTo(100_000)).toBe(4);
  expect(memoryOf(messages, 1e6).cutTo(201_000)).toBe(2);
});

test('the last step stays, however large, and nothing goes where nothing is gained', () => {
  const memory = memoryOf([user('task'), call('a'), gave('a', 'x'.repeat(4000))], 10);
  expect(memory.overflow()).toBeUndefined();
  const more = memoryOf([user('task'), call('a'), gave('a', FORTY), call('b'), gave('b', 'x'.repeat(4000))], 10);
  expect(more.overflow()).toBe(3);
  more.forget(3);
  expect(more.messages()).toEqual([user('task'), call('b'), gave('b', 'x'.repeat(4000))]);
  expect(more.overflow()).toBeUndefined();
});

test('a turn that was cut is told from its user message on, in the next turn too', () => {
  const transcript = new Transcript();
  const memory = new Memory(transcript, { tokenLimit: 1000 });
  for (const message of [user('first'), call('a'), gave('a', 'x'), call('b'), gave('b', 'y')])
    transcript.append(message);
  memory.forget(3);
  for (const message of [said('done'), user('second')]) transcript.append(message);
  expect(memory.messages().map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
});

test('system messages at the start stay', () => {
  const rules: Message = { role: 'system', content: 'rules' };
  const memory = memoryOf([rules, user(FORTY), said(FORTY), user(FORTY)], 30);
  const before = memory.overflow() as number;
  memory.forget(before);
  expect(memory.messages()).toEqual([rules, user(FORTY)]);
});

test('a blank summary leaves the one before', () => {
  const memory = memoryOf([user(FORTY), user(FORTY)], 20, 'summarize');
  memory.forget(1, 'They said x.');
  memory.forget(1, ' ');
  expect(memory.told.summary).toBe('They said x.');
});

test('with summaries the conversation is cut to half, and a summary counts but cannot grow beyond a quarter', () => {
  const turns = Array.from({ length: 10 }, () => [user(FORTY), said(FORTY)]).flat();
  const memory = memoryOf(turns, 200, 'summarize');
  expect(memory.overflow()).toBe(14);
  memory.forget(14, '汉'.repeat(4000));
  expect(Buffer.byteLength(memory.told.summary ?? '')).toBeLessThanOrEqual(200);
  expect(memory.overflow()).toBeUndefined();
});

describe('whatever the conversation', () => {
  /** A generator of its own: the same conversations every time. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
  }

  test.each(Array.from({ length: 50 }, (_none, seed) => seed + 1))(
    'no call is parted from its results, the task stays, and what can fit does (seed %i)',
    (seed) => {
      const next = random(seed);
      const transcript = new Transcript();
      const limit = 20 + Math.floor(next() * 100);
      const memory = new Memory(transcript, { tokenLimit: limit, overflow: next() < 0.5 ? 'drop' : 'summarize' });
      for (let turn = 0; turn < 20; turn += 1) {
        transcript.append(user(`task ${turn} ${'x'.repeat(Math.floor(next() * 100))}`));
        for (let step = 0; next() < 0.7; step += 1) {
          const id = `${turn}.${step}`;
          transcript.append(call(id));
          transcript.append(gave(id, 'x'.repeat(Math.floor(next() * 200))));
          const before = memory.overflow();
          if (before !== undefined) memory.forget(before, 'summary');
          const told = memory.messages();
          expect(told.filter(({ role }) => role === 'user').at(-1)?.content).toMatch(`task ${turn} `);
          expect(told[0]?.role).toBe('user');
          expect(told.at(-1)).toMatchObject({ toolCallId: id });
          const calls = told.flatMap((message) => ('toolCalls' in message ? message.toolCalls : []));
          const results = told.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
          expect(results).toEqual(calls.map((one) => one.id));
          expect(memory.overflow() ?? memory.told.from).toBe(memory.told.from);
        }
        transcript.append(said('done'));
      }
    },
  );
});
