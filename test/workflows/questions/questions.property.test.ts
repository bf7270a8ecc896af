import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { defineEvent, HumanResponseEvent } from '../../../src/protocol';
import { readAnswer, readEvent } from '../../../src/workflows/questions/incoming';
import { Questions } from '../../../src/workflows/questions/questions';
import { FUZZ_WITHIN_MS, fuzzed } from '../../setup/fuzz';
import { AnswerRules, isHuman, type ModelQuestion, type Sent, type Taker } from './answer-rules';
import type { Expectation, Incoming, Question } from '../../../src/workflows/questions/question';

/** What waits may want: each as the library knows it, and as the rules do. */
const WANTED = [
  { definition: HumanResponseEvent, fits: isHuman },
  {
    definition: HumanResponseEvent.extend('Decision', { response: v.optional(v.string()), approved: v.boolean() }),
    fits: ({ response, approved }: Sent['fields']): boolean =>
      (response === undefined || typeof response === 'string') && typeof approved === 'boolean',
  },
  {
    definition: defineEvent('Payment', { amount: v.number() }),
    fits: ({ amount }: Sent['fields']): boolean => typeof amount === 'number',
  },
] as const;
const TYPES = [
  ...WANTED.map(({ definition }) => definition.type),
  'HumanResponseEvent/Signed',
  'Payment/Cash',
  'Other',
];

// Few values, so that what is sent meets what is asked, repeats it and contradicts it.
const user = fc.constantFrom('Laurie', 'Ann', null);
const fields: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { response: 'yes' },
      { response: 'no' },
      { response: 'yes', user_name: 'Laurie' },
      { approved: true },
      { amount: 1 },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        response: fc.constantFrom<unknown>('yes', 'no', true),
        user_name: user,
        amount: fc.constantFrom<unknown>(1, 2, '1'),
        approved: fc.constantFrom<unknown>(true, false, 'no'),
      },
      { requiredKeys: [] },
    ),
  },
);
const callId = fc.constantFrom('1.0', '1.1');
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('ask' as const), callId, asked: fc.option(user) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      callId,
      wanted: fc.nat(WANTED.length - 1),
      requirements: fc.record({ user_name: user, amount: fc.constant(1) }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      via: fc.constantFrom<'answer' | 'event'>('answer', 'answer', 'event'),
      fields,
      type: fc.option(fc.constantFrom(...TYPES), { freq: 1 }),
      /** The nth question that was ever asked; beyond them one that never was. */
      names: fc.option(fc.nat(9), { freq: 1 }),
      answerId: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { freq: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('timeOut' as const), nth: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), callId }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('travel' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Sending = Extract<Operation, { kind: 'send' }>;

interface Asked {
  readonly model: ModelQuestion;
  real: Question;
  readonly expectation?: Expectation;
}

/** The real questions of a run beside the rules, doing the same. */
class Both {
  questions = new Questions();
  readonly rules = new AnswerRules();
  readonly #asked: Asked[] = [];

  do(operation: Operation): void {
    if (operation.kind === 'ask') this.#ask(operation.callId, operation.asked);
    else if (operation.kind === 'send') this.#send(operation);
    else if (operation.kind === 'wait') this.#wait(operation);
    else if (operation.kind === 'withdraw') this.#withdraw(operation.callId);
    else if (operation.kind === 'travel') this.#travel();
    else this.#timeOut(operation.nth);
    this.#compare();
  }

  get #answered(): number {
    return this.#asked.filter(({ real }) => real.answer !== undefined).length;
  }

  #ask(callId: string, user: string | null | undefined, hasEvent = true): Asked {
    const inputId = `q${this.#asked.length}`;
    const fields = hasEvent ? { prefix: 'Sure?', ...(user === null ? {} : { user_name: user }) } : {};
    const event = hasEvent ? { ...fields, type: 'InputRequiredEvent', inputId } : undefined;
    const real = this.questions.ask(inputId, { callId, agents: ['a'] }, '2026-01-01', event);
    const model: ModelQuestion = { inputId, callId, event: fields, kept: [] };
    this.rules.open.push(model);
    this.#asked.push({ model, real });
    return { model, real };
  }

  #wait({ callId, wanted, requirements }: Extract<Operation, { kind: 'wait' }>): void {
    const { definition, fits } = WANTED[wanted] as (typeof WANTED)[number];
    const expectation: Expectation = { definition, requirements };
    const taker: Taker = { type: definition.type, fits, requirements };
    const mine = this.rules.open.filter((one) => one.callId === callId && one.taker === undefined);
    const claimed =
      mine.find(({ event }) =>
        Object.entries(requirements).every(([name, value]) => (event[name] ?? null) === (value ?? null)),
      ) ?? mine[0];
    expect(this.questions.unclaimed(callId, expectation)?.inputId).toBe(claimed?.inputId);
    const asked =
      claimed === undefined
        ? this.#ask(callId, null, false)
        : (this.#asked.find(({ model }) => model === claimed) as Asked);
    const givenBack = this.questions.expect(asked.real, expectation);
    expect(givenBack.map(({ refusal }) => refusal.reason)).toEqual(this.rules.wait(asked.model, taker));
    this.#asked[this.#asked.findIndex(({ model }) => model === asked.model)] = { ...asked, expectation };
  }

  #send({ via, fields, type, names, answerId }: Sending): void {
    const stamps = {
      ...(type === null ? {} : { type }),
      ...(names === null ? {} : { inputId: `q${names}` }),
      ...(answerId === null ? {} : { answerId }),
    };
    const sent: Sent = { via, fields, ...stamps };
    const incoming: Incoming = (via === 'answer' ? readAnswer : readEvent)({ ...fields, ...stamps });
    const before = this.#all();
    const answered = this.#answered;
    const verdict = this.questions.judge(incoming);
    const again = this.questions.judge(incoming);
    const judged = this.#all();
    const taken = this.questions.take(incoming);
    const after = this.#all();
    const kind = verdict.kind === 'refused' ? verdict.reason : verdict.kind;
    expect({
      kind,
      ...('inputId' in verdict ? { inputId: verdict.inputId } : {}),
      ...(kind === 'ambiguous' && 'open' in verdict ? { ids: [...verdict.open].sort() } : {}),
      again,
      taken,
      settled: this.#answered - answered,
      isJudgingWithoutEffect: judged === before,
      isRefusalWithoutEffect: verdict.kind !== 'refused' || after === before,
    }).toEqual({
      ...this.rules.take(sent),
      again: verdict,
      taken: verdict,
      settled: verdict.kind === 'settles' ? 1 : 0,
      isJudgingWithoutEffect: true,
      isRefusalWithoutEffect: true,
    });
  }

  #all(): string {
    return JSON.stringify([this.questions.toJson(), this.questions.pending()]);
  }

  #timeOut(nth: number): void {
    const waiting = this.#asked.filter(({ model }) => model.taker !== undefined && this.rules.open.includes(model));
    const found = waiting[nth];
    if (found === undefined) return;
    this.questions.timeOut(found.real);
    this.rules.timeOut(found.model);
  }

  #withdraw(callId: string): void {
    const gone = this.rules.open.filter((one) => one.callId === callId);
    const givenBack = this.questions.withdraw(({ asker }) => asker.callId === callId);
    expect(givenBack.map(({ refusal }) => refusal.reason)).toEqual(
      gone.flatMap(({ kept }) => kept).map(() => 'not_waiting'),
    );
    for (const one of gone) this.rules.open.splice(this.rules.open.indexOf(one), 1);
  }

  /** The run goes on elsewhere, and its waits begin again there. Schemas of what is settled stay behind. */
  #travel(): void {
    const context = JSON.parse(JSON.stringify(this.questions.toJson())) as ReturnType<Questions['toJson']>;
    this.questions = new Questions();
    this.questions.resume(context, (event) => event);
    for (const { taker } of this.rules.closed) {
      if (taker.type !== HumanResponseEvent.type) Object.assign(taker, { fits: () => true });
    }
    for (const asked of this.#asked) {
      const real = this.questions.find(asked.model.inputId);
      if (real === undefined) continue;
      asked.real = real;
      if (asked.expectation !== undefined) expect(this.questions.expect(real, asked.expectation)).toEqual([]);
    }
  }

  /** One comparison: a test framework's own are slow, and there are many. */
  #compare(): void {
    const { early = [] } = this.questions.toJson();
    expect([
      this.questions.pending().map(({ inputId, isWaiting }) => [inputId, isWaiting]),
      early.length,
      this.#asked.map(({ real }) => real.answer),
    ]).toEqual([
      this.rules.open.map(({ inputId, taker }) => [inputId, taker !== undefined]),
      this.rules.early.length,
      this.#asked.map(({ model }) => eventOf(model)),
    ]);
  }
}

/** What the wait of a question is given. */
function eventOf({ answer, taker, inputId }: ModelQuestion): object | undefined {
  if (answer === undefined) return undefined;
  const { fields, type = taker?.type, answerId } = answer;
  return { ...fields, type, inputId, ...(answerId === undefined ? {} : { answerId }) };
}

test(
  'whatever is asked and sent, in whatever order, each answer does what the rules say, to one question at most',
  () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' }), (operations) => {
        const both = new Both();
        for (const one of operations) both.do(one);
      }),
      fuzzed(250),
    );
  },
  FUZZ_WITHIN_MS,
);
