import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { defineEvent, HumanResponseEvent, InputRequiredEvent, StopEvent, WorkflowFailedEvent } from '../../src';

const RefundApproval = InputRequiredEvent.extend('RefundApproval', { amount: v.number() });

test('an event is plain JSON with its type, and keeps fields that nobody declared', () => {
  expect(InputRequiredEvent({ prefix: 'Sure? ', user_name: 'Laurie' })).toEqual({
    type: 'InputRequiredEvent',
    prefix: 'Sure? ',
    user_name: 'Laurie',
  });
});

test('what extends an event is one, by its path and without a registry', () => {
  const approval = RefundApproval({ prefix: 'Refund? ', amount: 5 });
  expect(approval.type).toBe('InputRequiredEvent/RefundApproval');
  expect([InputRequiredEvent.is(approval), RefundApproval.is(approval), HumanResponseEvent.is(approval)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(InputRequiredEvent.is({ type: 'InputRequiredEventual' })).toBe(false);
  expect(StopEvent.is(WorkflowFailedEvent({ message: 'x' }))).toBe(true);
});

test.each<[string, () => unknown, string]>([
  ['a missing field', () => RefundApproval({ prefix: 'x' } as never), '"amount"'],
  ['a field of a wrong type', () => InputRequiredEvent({ prefix: 7 } as never), '"prefix"'],
  ['a date', () => InputRequiredEvent({ prefix: 'x', due: new Date() }), 'Date'],
  ['a prototype', () => InputRequiredEvent(JSON.parse('{"prefix":"x","__proto__":{}}') as never), '__proto__'],
])('%s is refused', (_name, make, part) => {
  expect(make).toThrow(expect.objectContaining({ code: 'INVALID_EVENT', message: expect.stringContaining(part) }));
});

test.each(['type', 'seq', 'id', 'time', 'inputId', 'answerId'])(
  'no event may declare the reserved field "%s"',
  (field) => {
    expect(() => defineEvent('Mine', { [field]: v.string() })).toThrow(
      expect.objectContaining({ code: 'INVALID_DEFINITION' }),
    );
  },
);

test.each(['', '1st', 'a/b', 'a b'])('"%s" cannot name an event', (name) => {
  expect(() => defineEvent(name, {})).toThrow(expect.objectContaining({ code: 'INVALID_DEFINITION' }));
});

test('an extension may loosen a field of what it extends', () => {
  const Decision = HumanResponseEvent.extend('Decision', { response: v.optional(v.string()), approved: v.boolean() });
  expect(Decision({ approved: true })).toEqual({ type: 'HumanResponseEvent/Decision', approved: true });
});

test('types follow the schemas', () => {
  const approval = RefundApproval({ prefix: 'Refund? ', amount: 5 });
  approval.amount satisfies number;
  // @ts-expect-error -- a number is no text
  approval.amount satisfies string;
  // @ts-expect-error -- an event is not changed
  approval.amount = 6;
  // @ts-expect-error -- amount is missing
  expect(() => RefundApproval({ prefix: 'x' })).toThrow();
  expect(approval.amount).toBe(6);
});
