import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalJson, DIGEST_CHARS, digestOf } from '../../src/protocol';

/** The same with Node's own SHA-256. */
function withNode(value: unknown): string {
  const bits = [...createHash('sha256').update(canonicalJson(value)).digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  return Array.from({ length: 24 }, (_, nth) => Number.parseInt(bits.slice(5 * nth, 5 * nth + 5), 2))
    .map((number) => '0123456789abcdefghjkmnpqrstvwxyz'.charAt(number))
    .join('');
}

test('a digest is the first 120 bits of the SHA-256 of the canonical JSON, whatever the order of keys', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => digestOf(value) === withNode(value)));
  expect(digestOf({ a: 1, b: { c: 2, d: 3 } })).toBe(digestOf({ b: { d: 3, c: 2 }, a: 1 }));
  expect(digestOf('')).toHaveLength(DIGEST_CHARS);
});
