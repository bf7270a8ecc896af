import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { ContextJson, JournalEntry, OpenCallJson } from '../../src/agent';
import { readContext } from '../../src/agent/read-context';

/** A context with a question open, and its first call's journal. */
function contextWith(journal: readonly JournalEntry[], output?: OpenCallJson['output']): ContextJson {
  const context = JSON.parse(
    readFileSync(path.join(__dirname, '../workflows/contexts/version-1.json'), 'utf8'),
  ) as ContextJson;
  const [first, ...others] = context.open?.calls ?? [];
  expect(first).toBeDefined();
  const calls = [{ journal, ...(output === undefined ? {} : { output }) }, ...others];
  return { ...context, open: { ...(context.open as NonNullable<ContextJson['open']>), calls } };
}

const outcome = { value: 1 };

test('the outcomes of an open call may have come in any order', () => {
  const journal: JournalEntry[] = [
    { kind: 'tool', after: 0, outcome, ended: 1 },
    { kind: 'sleep', after: 0, outcome: {}, ended: 0 },
    { kind: 'now', after: 1, outcome },
    { kind: 'wait', after: 2 },
  ];
  expect(readContext(contextWith(journal)).open?.calls[0]?.journal).toEqual(journal);
});

const unclear: readonly [string, readonly JournalEntry[], RegExp][] = [
  [
    'two of the same place',
    [
      { kind: 'tool', after: 0, outcome, ended: 0 },
      { kind: 'wait', after: 0, outcome, ended: 0 },
    ],
    /two operations have "ended" 0/,
  ],
  [
    'a place that is missing',
    [
      { kind: 'tool', after: 0, outcome, ended: 0 },
      { kind: 'wait', after: 0, outcome, ended: 2 },
    ],
    /2 operations have ended, and none has "ended" 1/,
  ],
  ['half a place', [{ kind: 'tool', after: 0, outcome, ended: 0.5 }], /none has "ended" 0/],
  ['no place', [{ kind: 'agent', after: 0, outcome }], /operation 0 \("agent"\) has an outcome and no "ended"/],
  ['a place and no outcome', [{ kind: 'wait', after: 0, ended: 0 }], /operation 0 \("wait"\) has an "ended"/],
  ['a place where none is', [{ kind: 'now', after: 0, outcome, ended: 0 }], /operation 0 \("now"\) has an "ended"/],
];

test.each(unclear)('outcomes with %s are refused: the call would wait for ever', (_what, journal, problem) => {
  const read = (): ContextJson => readContext(contextWith(journal));
  expect(read).toThrow(expect.objectContaining({ code: 'INVALID_CONTEXT' }));
  expect(read).toThrow(problem);
});

test.each(unclear)('outcomes with %s are refused in an agent that a tool runs', (_what, journal, problem) => {
  const { agent, messages, open } = contextWith(journal);
  const note = { agent, messages, open };
  expect(() => readContext(contextWith([{ kind: 'agent', after: 0, note }]))).toThrow(problem);
});

test('a call that is over is not entered again, whatever its journal says', () => {
  const context = contextWith([{ kind: 'tool', after: 0, outcome, ended: 7 }], { content: 'Done.', isError: false });
  expect(() => readContext({ ...context, questions: [] })).not.toThrow();
});
