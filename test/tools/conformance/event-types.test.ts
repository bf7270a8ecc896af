import { expect, test } from '@jest/globals';
import { definitionOf, typeName, typePath } from '../../../tools/conformance/event-types';

const types = {
  Decision: { base: 'HumanResponseEvent', fields: { approved: 'boolean' } },
  Refund: { base: 'Decision', fields: { amount: 'integer' } },
  Paid: { base: 'Event', fields: {} },
  Loop: { base: 'Loop', fields: {} },
};

test('a type that extends another is a path below it, over several', () => {
  expect(typePath('Refund', types)).toBe('HumanResponseEvent/Decision/Refund');
  expect([typePath('Paid', types), typePath('Unknown', types)]).toEqual(['Paid', 'Unknown']);
  expect(typeName('HumanResponseEvent/Decision/Refund')).toBe('Refund');
});

test('it has the fields it declares and those of its bases, and needs no others', () => {
  const refund = definitionOf('Refund', types);
  expect(() => refund({ approved: true, amount: 3 })).not.toThrow();
  expect(() => refund({ approved: true, amount: 3.5 })).toThrow('amount');
  expect(() => refund({ amount: 3 })).toThrow('approved');
});

test('a type that extends itself is an error', () => {
  expect(() => typePath('Loop', types)).toThrow('extends itself');
});
