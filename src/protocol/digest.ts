/**
 * Digest: a short name that two different JSON values do not share.
 *
 * SHA-256, synchronous and without Node, so that sandbox and clients compute the same.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2';
import { canonicalJson } from './json';

/** Crockford's base 32: no letter looks like a digit. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const BITS = 5;

/**
 * Characters of a digest: 120 bits. Someone who writes both of two questions, as a model may, needs about 2^60 tries
 * for a collision.
 */
export const DIGEST_CHARS = 24;

/** The first 120 bits of the SHA-256 of a value's canonical JSON. Only for checked JSON. */
export function digestOf(value: unknown): string {
  const bytes = sha256(canonicalJson(value));
  let digest = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= BITS) {
      bits -= BITS;
      digest += LETTERS[held >> bits];
      if (digest.length === DIGEST_CHARS) return digest;
      held &= (1 << bits) - 1;
    }
  }
  return digest;
}

/** What an answer says, without its target and time: equal for the same answer sent twice. */
export function saidBy({ fields, type }: { readonly fields: object; readonly type?: string | undefined }): string {
  return digestOf({ fields, type });
}
