import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { defineEvent } from '../../../src/protocol';
import { readEvent } from '../../../src/workflows/questions/incoming';
import { Questions } from '../../../src/workflows/questions/questions';

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
