import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { expect, test } from '@jest/globals';
import { eventLine } from '../../src/cli/event-line';
import { paintFor } from '../../src/cli/paint';
import { ending, fitted, oneLine, plainText } from '../../src/cli/text';
import type { AnyEvent } from '../../src/protocol';

const plain = paintFor(new PassThrough());

test.each<[string, AnyEvent, string]>([
  [
    'a model call',
    { type: 'AgentInput', seq: 0, agent: 'a', upTo: 1 },
    '   0  AgentInput          a asks the model (1 message)',
  ],
  [
    'a reply in words',
    { type: 'AgentOutput', seq: 1, agent: 'a', response: 'Hello.', toolCalls: [] },
    '   1  AgentOutput         Hello.',
  ],
  [
    'a reply that calls tools',
    {
      type: 'AgentOutput',
      seq: 1,
      agent: 'a',
      response: 'So be it.',
      toolCalls: [{ toolId: '1', toolName: 'pay', toolKwargs: {} }],
    },
    '   1  AgentOutput         So be it.; calls pay',
  ],
  [
    'a tool call',
    { type: 'ToolCall', seq: 2, agent: 'a', toolId: '1', toolName: 'pay', toolKwargs: { to: 'Ann', cents: 5 } },
    '   2  ToolCall            pay(to: Ann, cents: 5)',
  ],
  [
    'a tool that failed',
    {
      type: 'ToolCallResult',
      seq: 3,
      agent: 'a',
      toolId: '1',
      toolName: 'pay',
      toolOutput: 'no money',
      isError: true,
      returnDirect: false,
    },
    '   3  ToolCallResult      pay: failed, no money',
  ],
  [
    'a question, with what else it says',
    { type: 'InputRequiredEvent/Refund', seq: 4, prefix: 'Refund? ', user_name: 'Laurie', inputId: '1.0.0' },
    '   4  Refund              Refund? (user_name: Laurie)',
  ],
  [
    'a run that failed',
    { type: 'StopEvent/WorkflowFailedEvent', message: 'm', code: 'MODEL_REJECTED' },
    '      WorkflowFailedEvent  MODEL_REJECTED',
  ],
  [
    'an event nobody knows',
    { type: 'Progress', seq: 5, done: 3, of: { all: 9 } },
    '   5  Progress            done: 3, of: {"all":9}',
  ],
])('%s', (_what, event, line) => {
  expect(eventLine(event, 160, plain)).toBe(line);
});

test('an event is one line of the terminal’s width, whatever is in it', () => {
  const long = 'word '.repeat(1000);
  for (const text of [long, long.replaceAll(' ', '\n'), '漢字'.repeat(500), `${'\u001b[2J'.repeat(500)}${long}`]) {
    const line = eventLine({ type: 'Note', seq: 1, text, more: { text } }, 80, plain);
    expect(line).not.toContain('\n');
    expect([...line].reduce((sum, character) => sum + (/[漢字]/.test(character) ? 2 : 1), 0)).toBeLessThanOrEqual(80);
  }
});

test('nothing that a terminal obeys is left in a text', () => {
  const texts = [
    '\u001b[31mred\u001b[0m',
    '\u001b]0;title\u0007',
    '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
    '\u009b2Jcleared',
    'one\rover',
    'bell\u0007 back\b delete\u007f',
    'right \u202eto left',
    '\u001b',
  ];
  for (const text of texts) {
    for (const made of [plainText(text), oneLine(text)]) {
      for (const character of made) {
        const code = character.codePointAt(0) as number;
        const isHarmless = code >= 0x20 && (code < 0x7f || code > 0x9f) && code !== 0x202e;
        expect([character, isHarmless || (character === '\n' && made === plainText(text))]).toEqual([character, true]);
      }
    }
  }
});

test('a text keeps its lines where it may, and a short one is not cut', () => {
  expect(plainText('one\ntwo')).toBe('one\ntwo');
  expect(fitted('twelve chars', 12)).toBe('twelve chars');
  expect(fitted('thirteen char', 12)).toBe('thirteen ch…');
  expect(ending('twelve chars', 12)).toBe('twelve chars');
  expect(ending('thirteen char', 12)).toBe('…irteen char');
  expect(ending('漢字漢字', 6)).toBe('…漢字');
  expect(fitted('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 5)).toBe('👨‍👩‍👧👨‍👩‍👧…');
});

test('colours only on a terminal, and not against NO_COLOR', () => {
  const painted = (isTTY: boolean, env: object): string => {
    const getColorDepth = (): number => WriteStream.prototype.getColorDepth(env);
    return paintFor(Object.assign(new PassThrough(), { isTTY, getColorDepth }))('red', 'x');
  };
  expect(painted(true, { TERM: 'xterm' })).toBe('\u001b[31mx\u001b[39m');
  expect(painted(false, { TERM: 'xterm' })).toBe('x');
  expect(painted(true, { TERM: 'xterm', NO_COLOR: '1' })).toBe('x');
  expect(painted(true, { TERM: 'dumb' })).toBe('x');
});
