import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import {
  type ContextJson,
  type JournalEntry,
  type OpenCallJson,
  type OpenQuestionJson,
  readContext,
} from '../../../src/protocol';

/** A context with a question open, and its first call's journal. */
function contextWith(journal: readonly JournalEntry[], output?: OpenCallJson['output']): ContextJson {
  const context = JSON.parse(
    readFileSync(path.join(__dirname, '../../workflows/contexts/version-1.json'), 'utf8'),
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
  ['half a place', [{ kind: 'tool', after: 0, outcome, ended: 0.5 }], /"open.calls.0.journal.0.ended": Received 0.5/],
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

const QUESTION = '2.0.1-194ea124';
const wait = (inputId: string): JournalEntry => ({ kind: 'wait', after: 0, note: { inputId } });

const forged: readonly [string, readonly JournalEntry[], RegExp][] = [
  ['two waits for one question', [wait(QUESTION), wait(QUESTION)], /two waits have the question/],
  ['a note that its kind does not leave', [{ kind: 'now', after: 0, note: 1 }], /has a note and should have none/],
  ['a sleep without an end', [{ kind: 'sleep', after: 0, note: { until: 1e300 } }], /has a note that cannot be used/],
  ['a deadline that is none', [{ kind: 'wait', after: 0, note: { inputId: 'x', deadline: 'soon' } }], /it is no time/],
  [
    'an answer that is no event',
    [{ kind: 'wait', after: 0, ended: 0, outcome: { value: 'yes' } }],
    /has an outcome that is no event/,
  ],
  [
    'the end of a run that was written',
    [{ kind: 'write', after: 0, outcome: { value: { type: 'StopEvent' } } }],
    /StopEvent, which only a run itself writes/,
  ],
  ['a number beyond numbers', [{ kind: 'now', after: 1e300, outcome: { value: 1 } }], /journal.0.after/],
];

test.each(forged)('a journal with %s is refused', (_what, journal, problem) => {
  expect(() => readContext(contextWith(journal))).toThrow(problem);
});

test('questions are of their call, each has its own id, and each is one that a tool can ask', () => {
  const context = contextWith([wait(QUESTION)]);
  const [question] = context.questions as readonly OpenQuestionJson[];
  const read =
    (...questions: readonly unknown[]) =>
    () =>
      readContext({ ...context, questions });
  expect(question?.inputId).toBe(QUESTION);
  expect(read(question)).not.toThrow();
  expect(read(question, question)).toThrow(/two of its questions have one "inputId"/);
  const { event } = question as OpenQuestionJson;
  expect(read({ ...question, event: { ...event, type: 'StopEvent' } })).toThrow(/is no InputRequiredEvent/);
  expect(read({ ...question, event: { ...event, inputId: 'other' } })).toThrow(/has another "inputId"/);
  expect(read({ ...question, askedAt: 'once' })).toThrow(/it is no time/);
  const other = { ...question, inputId: 'other', event: { ...event, inputId: 'other' } };
  const asked = { ...(question as OpenQuestionJson).asker, callId: '2.1' };
  const calls = context.open?.calls.map(({ journal }) => ({ journal }));
  const open = { ...context, open: { ...context.open, calls } };
  expect(() => readContext({ ...open, questions: [question, { ...other, asker: asked }] })).not.toThrow();
  expect(() => readContext({ ...open, questions: [{ ...question, asker: asked }] })).toThrow(/is of another call/);
});

test('a call that is over is not entered again, whatever its journal says', () => {
  const context = contextWith([{ kind: 'tool', after: 0, outcome, ended: 7 }], { content: 'Done.', isError: false });
  expect(() => readContext({ ...context, questions: [] })).not.toThrow();
});
