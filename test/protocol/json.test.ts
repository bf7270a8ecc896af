import { expect, test } from '@jest/globals';
import { byteLength, canonicalJson, cutText, jsonProblem, messageText, sameJson } from '../../src/protocol';

const circle: { self?: unknown } = {};
circle.self = circle;

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['NaN', Number.NaN],
  ['a Map', new Map()],
  ['a class of ours', new (class Thing {})()],
  ['a circle', circle],
  ['a prototype key', JSON.parse('{"a":{"__proto__":1}}')],
])('%s is no JSON', (_name, value) => {
  expect(jsonProblem({ a: [value] }) ?? jsonProblem([value])).toEqual(
    value === undefined ? undefined : expect.any(String),
  );
});

test('what JSON.stringify drops or writes as null may stay: undefined fields and holes', () => {
  expect(jsonProblem({ a: undefined, b: [undefined] })).toBeUndefined();
});

test('the order of keys makes no difference, the order of items does', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[1,{"c":2,"d":1}]}');
  expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
  expect(sameJson(1, '1')).toBe(false);
  expect(sameJson(null, {})).toBe(false);
});

test.each(['x'.repeat(5000), 'ä'.repeat(5000), '😀'.repeat(5000), 'short'])(
  'a text is cut to its bytes, between characters',
  (text) => {
    const cut = cutText(text, 1024);
    expect(byteLength(cut)).toBeLessThanOrEqual(1024);
    expect(cut).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
  },
);

test('the message of an error is UTF-8, and not longer than anybody reads', () => {
  expect(messageText('\ud800 of 😀\udc00')).toBe('\ufffd of 😀\ufffd');
  expect(byteLength(messageText('😀'.repeat(100_000)))).toBeLessThanOrEqual(4096);
});
