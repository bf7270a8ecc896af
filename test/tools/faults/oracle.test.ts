import { expect, test } from '@jest/globals';
import type { AnyEvent } from '../../../src/protocol';
import type { Act } from '../../../tools/faults/acts';
import type { Evidence } from '../../../tools/faults/evidence';
import type { JournalLine, Outcome } from '../../../tools/faults/journal';
import type { LedgerLine } from '../../../tools/faults/ledger';
import type { ObservedRun } from '../../../tools/faults/observe';
import { judge } from '../../../tools/faults/oracle';
import type { Call, RunPlan } from '../../../tools/faults/runs';

/** Two questions of one run: Ann allows a payment, Bo refuses a mail. A second answer of Ann's comes too late. */
interface Story {
  plan: RunPlan;
  events: AnyEvent[];
  status: string;
  pending: string[];
  taskFailures: string[];
  unreadable?: string;
  merged?: number;
  ledger: LedgerLine[];
  journal: JournalLine[];
  /** What the watcher saw, if not just the events. */
  seen?: readonly AnyEvent[];
}

const call = (nth: number, effect: 'pay' | 'mail', user: string): Call => ({
  item: `r:0.0.${nth}`,
  effect,
  user,
  isSlow: false,
  isNever: false,
});
const PAY = call(0, 'pay', 'Ann');
const MAIL = call(1, 'mail', 'Bo');

const question = ({ item, user }: Call, inputId: string): AnyEvent => ({
  type: 'InputRequiredEvent',
  inputId,
  prefix: `May ${item} be done?`,
  user_name: user,
  item,
});
const acted = ({ item, user }: Call, inputId: string, answerId: string, effect: string): AnyEvent => ({
  type: 'Acted',
  item,
  inputId,
  answerId,
  user,
  effect,
  response: effect === 'none' ? 'no' : 'yes',
});
const act = (answerId: string, what: Partial<Act>): Act => ({
  id: answerId,
  answerId,
  response: 'yes',
  user: 'Ann',
  surface: 'respond',
  isNamed: true,
  connection: 0,
  ...what,
});
const sent = (inputId: string, one: Act, outcome: Outcome): JournalLine[] => [
  { t: 'begin', run: 'r', inputId, act: one },
  { t: 'told', act: one.id, outcome },
];

function story(): Story {
  return {
    plan: { id: 'r', kind: 'agent', isToEnd: true, turns: [{ run: 'r', turn: 0, steps: [[PAY, MAIL]] }] },
    status: 'COMPLETED',
    pending: [],
    taskFailures: [],
    events: [
      question(PAY, 'q0'),
      question(MAIL, 'q1'),
      acted(PAY, 'q0', 'a0', 'done'),
      acted(MAIL, 'q1', 'a1', 'none'),
      { type: 'AnswerRefused', answerId: 'a2', reason: 'conflict' },
      { type: 'StopEvent' },
    ],
    ledger: [{ effect: 'pay', item: PAY.item, answerId: 'a0', key: 'k0', attempt: 1 }],
    journal: [
      ...sent('q0', act('a0', {}), { kind: 'settled', inputId: 'q0', isKept: false }),
      ...sent('q1', act('a1', { response: 'no', user: 'Bo', surface: 'signal' }), { kind: 'sent' }),
      ...sent('q0', act('a2', { response: 'no', surface: 'sendEvent' }), { kind: 'sent' }),
      ...sent('q0', act('a3', { user: 'Mallory' }), { kind: 'refused', reason: 'not_waiting' }),
    ],
  };
}

/** The kinds of what is found after a change of the story. */
function kinds(change: (told: Story) => void): readonly string[] {
  const told = story();
  change(told);
  return [...new Set(judge(evidenceOf(told)).findings.map(({ kind }) => kind))].sort();
}

function evidenceOf({
  plan,
  events,
  status,
  pending,
  taskFailures,
  unreadable,
  merged = 0,
  ledger,
  journal,
  seen,
}: Story): Evidence {
  const stamped = events.map((event, seq): AnyEvent => ({ seq, ...event }));
  const watched = (seen ?? stamped).map((event): JournalLine => ({ t: 'event', run: 'r', watcher: 'r/a', event }));
  const run = {
    id: 'r',
    status,
    links: ['one'],
    events: stamped,
    taskFailures,
    merged,
    ...(unreadable && { unreadable }),
  };
  const observed = { ...run, pending: pending.map((inputId) => ({ inputId })) } as unknown as ObservedRun;
  const end: JournalLine[] = status === 'COMPLETED' ? [{ t: 'end', watcher: 'r/a' }] : [];
  return { plans: [plan], journal: [...journal, ...watched, ...end], ledger, observed: [observed] };
}

const stamped = (events: readonly AnyEvent[]): AnyEvent[] => events.map((event, seq) => ({ seq, ...event }));

test('a run in which all is well gives no finding, and is counted', () => {
  const { findings, figures } = judge(evidenceOf(story()));
  expect(findings).toEqual([]);
  expect(figures).toMatchObject({
    runs: 1,
    ended: 1,
    parked: 0,
    questions: 2,
    answers: 4,
    tries: 4,
    settled: 2,
    effects: 1,
    eventsSeen: 6,
    lost: 0,
    doubled: 0,
    unknownTries: 0,
    refused: { conflict: 1, not_waiting: 1 },
  });
});

test.each<[kind: string, what: string, change: (told: Story) => void]>([
  ['stands still', 'a run that has not ended', (told) => void (told.status = 'RUNNING')],
  ['stands still', 'a run that failed', (told) => void (told.status = 'FAILED')],
  ['no end', 'an ended run without its last event', ({ events }) => void events.pop()],
  [
    'task failed',
    'a workflow task that failed',
    ({ taskFailures }) => void taskFailures.push('NON_DETERMINISTIC_ERROR: it went another way'),
  ],
  ['unreadable', 'a run that cannot be replayed', (told) => void (told.unreadable = 'it went another way')],
  ['hidden question', 'a question that is neither open nor came to anything', ({ events }) => void events.splice(3, 1)],
  ['asked twice', 'a question that was asked again', ({ events }) => void events.splice(1, 0, question(PAY, 'q9'))],
  [
    'settled twice',
    'a question that was acted on twice',
    ({ events }) => void events.splice(3, 0, acted(PAY, 'q0', 'a9', 'done')),
  ],
  ['not asked', 'a call that was skipped', ({ events }) => void events.splice(1, 1)],
  [
    'gap in seq',
    'an event that is gone',
    (told) => void (told.events[2] = { ...(told.events[2] as AnyEvent), seq: 3 }),
  ],
  [
    'seen twice',
    'an event that a watcher saw again',
    (told) => void (told.seen = stamped(told.events).toSpliced(3, 0, stamped(told.events)[2] as AnyEvent)),
  ],
  ['missed', 'an event that a watcher did not see', (told) => void (told.seen = stamped(told.events).toSpliced(2, 1))],
  ['missed', 'a last event that a watcher did not see', (told) => void (told.seen = stamped(told.events).slice(0, -1))],
  [
    'seen and gone',
    'an event that was another when it was seen',
    (told) => void (told.seen = stamped(told.events).with(2, { seq: 2, ...acted(PAY, 'q0', 'a9', 'none') })),
  ],
  [
    'seen and gone',
    'an event that had another time when it was seen',
    (told) =>
      void (told.seen = stamped(told.events).with(2, { ...(stamped(told.events)[2] as AnyEvent), time: 'then' })),
  ],
  [
    'event of a reader',
    'an event that no run wrote',
    (told) => void (told.seen = [...stamped(told.events), { type: 'EventsExpired' }]),
  ],
  [
    'settled two questions',
    'an answer that settled two',
    ({ events }) => void (events[3] = acted(MAIL, 'q1', 'a0', 'none')),
  ],
  [
    'lost answer',
    'an answer that was said to settle, and did not',
    ({ events }) => void (events[2] = acted(PAY, 'q0', 'a9', 'done')),
  ],
  ['lost answer', 'a signal that is neither acted on nor refused', ({ events }) => void events.splice(4, 1)],
  ['lost answer', 'an answer without an outcome', ({ journal }) => void journal.pop()],
  ['nobody sent', 'an answer out of nowhere', ({ journal }) => void journal.splice(2, 2)],
  [
    'other answer',
    'an answer that was turned round',
    ({ journal }) =>
      void journal.splice(
        2,
        2,
        ...sent('q1', act('a1', { response: 'yes', user: 'Bo', surface: 'signal' }), { kind: 'sent' }),
      ),
  ],
  [
    'wrong person',
    'an answer of somebody who was not asked',
    ({ events }) => void (events[2] = acted({ ...PAY, user: 'Mallory' }, 'q0', 'a0', 'done')),
  ],
  [
    'told otherwise',
    'an answer that was refused and acted on',
    ({ journal }) => void (journal[1] = { t: 'told', act: 'a0', outcome: { kind: 'refused', reason: 'conflict' } }),
  ],
  [
    'refused too often',
    'a refusal more than answers',
    ({ events }) =>
      void events.splice(4, 0, { type: 'AnswerRefused', answerId: 'a2' }, { type: 'AnswerRefused', answerId: 'a2' }),
  ],
  [
    'doubled effect',
    'a payment under two keys',
    ({ ledger }) => void ledger.push({ ...(ledger[0] as LedgerLine), key: 'k9' }),
  ],
  [
    'effect after a no',
    'a mail that was refused',
    ({ ledger }) => void ledger.push({ effect: 'mail', item: MAIL.item, answerId: 'a1', key: 'k1', attempt: 1 }),
  ],
  [
    'effect without approval',
    'an effect by an answer that said no',
    ({ ledger }) => void ledger.push({ effect: 'mail', item: MAIL.item, answerId: 'a1', key: 'k1', attempt: 1 }),
  ],
  ['lost effect', 'an effect that is said to be done, and is not', ({ ledger }) => void ledger.pop()],
  [
    'given up',
    'a payment that was not tried again',
    ({ events }) => void (events[2] = acted(PAY, 'q0', 'a0', 'unknown')),
  ],
  [
    'trouble',
    'a stream that threw',
    ({ journal }) => void journal.push({ t: 'trouble', where: 'stream of r/a', text: 'it broke' }),
  ],
])('%s: %s', (kind, _what, change) => {
  expect(kinds(change)).toContain(kind);
});

test('a mail that happened twice is doubled, under whatever key; one with an unknown outcome may have happened or not', () => {
  const mailed = (lines: number) => (told: Story) => {
    told.events[3] = { ...acted(MAIL, 'q1', 'a1', 'unknown'), response: 'yes' };
    told.journal.splice(2, 2, ...sent('q1', act('a1', { user: 'Bo', surface: 'signal' }), { kind: 'sent' }));
    const line: LedgerLine = { effect: 'mail', item: MAIL.item, answerId: 'a1', key: 'k1', attempt: 1 };
    told.ledger.push(...Array.from({ length: lines }, () => line));
  };
  expect(kinds(mailed(0))).toEqual([]);
  expect(kinds(mailed(1))).toEqual([]);
  expect(kinds(mailed(2))).toEqual(['doubled effect']);
});

test('a payment that was attempted again under its key happened once', () => {
  expect(kinds(({ ledger }) => void ledger.push({ ...(ledger[0] as LedgerLine), attempt: 2 }))).toEqual([]);
});

test('an answer that was sent again after an unknown outcome may settle late, after its second try was refused', () => {
  const again = (told: Story): void => {
    told.journal.splice(1, 0, { t: 'unknown', act: 'a0', why: 'OUTCOME_UNKNOWN' });
    told.journal.splice(2, 0, { t: 'begin', run: 'r', inputId: 'q0', act: act('a0', {}) });
    told.journal[3] = { t: 'told', act: 'a0', outcome: { kind: 'refused', reason: 'ambiguous' } };
  };
  expect(kinds(again)).toEqual([]);
});

test('a run that nobody answers is well while its question shows', () => {
  const parked = (pending: string[]) => (told: Story) => {
    const never = { ...PAY, isNever: true };
    told.plan = { id: 'r', kind: 'agent', isToEnd: false, turns: [{ run: 'r', turn: 0, steps: [[never]] }] };
    Object.assign(told, { status: 'RUNNING', pending, events: [question(never, 'q0')], ledger: [], journal: [] });
  };
  expect(kinds(parked(['q0']))).toEqual([]);
  expect(kinds(parked([]))).toEqual(['hidden question']);
});

test('a history that the SDK would replay otherwise than it was is found', () => {
  expect(kinds((told) => void Object.assign(told, { merged: 1 }))).toEqual(['merged tasks']);
});
