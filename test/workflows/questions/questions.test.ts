import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { defineEvent, HumanResponseEvent } from '../../../src/protocol';
import { readAnswer, readEvent } from '../../../src/workflows/questions/incoming';
import { Questions } from '../../../src/workflows/questions/questions';
import type { Incoming } from '../../../src/workflows/questions/question';

test('an event that was kept for a question is still taken when the run has gone on elsewhere', () => {
  const before = new Questions();
  before.ask('q', { callId: '1.0', agents: ['a'] }, '2026-01-01T00:00:00.000Z', { type: 'InputRequiredEvent' });
  expect(before.take(readEvent({ type: 'Payment', amount: 1, inputId: 'q' }))).toEqual({ kind: 'kept', inputId: 'q' });

  const after = new Questions();
  after.resume(before.toJson(), (event) => event);
  const question = after.find('q');
  if (question === undefined) throw new Error('the question is gone');
  const definition = defineEvent('Payment', { amount: v.number() });
  expect(after.expect(question, { definition, requirements: {} })).toEqual([]);
  expect(question.answer).toMatchObject({ type: 'Payment', amount: 1 });
});

const ANYONE = { definition: HumanResponseEvent, requirements: {} };
const [BOBS, LAURIES] = ['1.0.0-ee95d4f8-0123456789abcdefghjkmnpq', '1.0.1-ee95d4f8-0123456789abcdefghjkmnpq'];

/** An answer that Temporal's reset gives a run again. */
function again(answer: object): Incoming {
  return { ...readAnswer(answer), isReapplied: true };
}

function ask(questions: Questions, inputId: string): ReturnType<Questions['ask']> {
  const question = questions.ask(inputId, { callId: '1.0', agents: ['a'] }, '2026-01-01T00:00:00.000Z');
  questions.takeReplaced(inputId);
  return question;
}

test('an answer that names its question by another name is not taken for one that names none', () => {
  const questions = new Questions();
  questions.expect(ask(questions, LAURIES), ANYONE);
  for (const name of ['inputid', 'InputId', 'input_id', 'inputId ', 'question']) {
    const verdict = questions.take(readAnswer({ response: 'yes', [name]: BOBS }));
    expect(verdict).toMatchObject({ kind: 'refused', reason: 'invalid', message: expect.stringContaining(name) });
  }
  expect(questions.take(readAnswer({ response: 'yes', question: BOBS, inputId: LAURIES }))).toMatchObject({
    kind: 'settles',
  });
});

test('an answer that no question takes is told what the one takes whose fields it has', () => {
  const questions = new Questions();
  const approval = HumanResponseEvent.extend('Approval', { approved: v.boolean() });
  questions.expect(ask(questions, BOBS), { definition: approval, requirements: { user_name: 'Ann' } });
  questions.expect(ask(questions, LAURIES), { definition: HumanResponseEvent, requirements: { user_name: 'Bo' } });
  expect(questions.take(readAnswer({ response: 'yes', user_name: 'Ann' }))).toMatchObject({
    kind: 'refused',
    reason: 'not_waiting',
    message: expect.stringContaining('{"user_name":"Bo"}'),
  });
});

test('a question that is too large to be shown says so, not that there are too many', () => {
  const event = { type: 'InputRequiredEvent', prefix: 'x'.repeat(1_100_000) };
  const asked = { inputId: BOBS, asker: { callId: '1.0', agents: ['a'] }, askedAt: '2026-01-01T00:00:00.000Z', event };
  expect(() => new Questions().admit(asked)).toThrow(/too large to be shown.*1048576 bytes/);
});

test.each([{}, { inputId: '1.0.0-ee95d4f8' }])(
  'after a reset a refused "yes" stays refused where the "no" before it was sent with %j',
  (named) => {
    const questions = new Questions();
    expect(questions.take(again({ response: 'no', ...named }))).not.toMatchObject({ kind: 'settles' });
    expect(questions.take(again({ response: 'yes', inputId: BOBS }))).toMatchObject({
      kind: 'refused',
      reason: 'not_waiting',
    });
    const question = ask(questions, BOBS);
    questions.expect(question, ANYONE);
    expect(question.answer).toBeUndefined();
    expect(questions.take(readAnswer({ response: 'no', inputId: BOBS }))).toMatchObject({ kind: 'settles' });
  },
);

test('after a reset the questions of one tool call are answered in the order of their answers', () => {
  const questions = new Questions();
  expect(questions.take(again({ response: 'no', inputId: LAURIES }))).toMatchObject({ kind: 'kept' });
  const bobs = ask(questions, BOBS);
  questions.expect(bobs, ANYONE);
  expect(questions.take(again({ response: 'yes', inputId: BOBS }))).toMatchObject({ kind: 'kept' });
  const lauries = ask(questions, LAURIES);
  expect([bobs.answer, lauries.answer]).toEqual([undefined, undefined]);
  questions.expect(lauries, ANYONE);
  expect([bobs.answer, lauries.answer]).toMatchObject([{ response: 'yes' }, { response: 'no' }]);
});
