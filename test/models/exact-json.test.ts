import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exactText, parseExact, roundedNumber } from '../../src/models/exact-json';

test.each([
  ['2512292042121000001', '2512292042121000001'],
  ['[1,-9007199254740993]', '-9007199254740993'],
  ['{"id":2.512292042121000001e18}', '2.512292042121000001e18'],
  ['{"a":{"b":[9007199254740993.5]}}', '9007199254740993.5'],
  ['1e400', '1e400'],
  ['0.00000000000000000001234567890123456789e40', '0.00000000000000000001234567890123456789e40'],
])('in %s the number %s would become another', (text, number) => {
  expect(roundedNumber(text)).toBe(number);
});

test.each([
  '0',
  '-0',
  '9007199254740991',
  '2512292042121000000',
  '1e20',
  '1.0',
  '0.1',
  '0.30000000000000004',
  '1e-7',
  '0.00001e10',
  '100e-2',
])('%s is kept as it is', (text) => {
  expect(roundedNumber(text)).toBeUndefined();
  expect(parseExact(text)).toBe(JSON.parse(text));
});

test('digits in a text are no number', () => {
  const text = String.raw`{"id":"2512292042121000001","q":"say \"9007199254740993\" \\"}`;
  expect(roundedNumber(text)).toBeUndefined();
  expect(parseExact(text)).toEqual(JSON.parse(text));
});

test('JSON of any kind comes back as it was written, its large numbers too', () => {
  fc.assert(
    fc.property(fc.json(), fc.bigInt({ min: 2n ** 53n }), (json, large) => {
      expect(parseExact(json)).toEqual(JSON.parse(json));
      const text = `{"a":${large},"b":[${json}]}`;
      expect(exactText(parseExact(text)).startsWith(`{"a":${large},`)).toBe(true);
    }),
  );
});
