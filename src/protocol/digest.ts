/**
 * Digest: a short name that two different JSON values never share.
 *
 * SHA-256, synchronous and without Node, so that the workflow sandbox and every client compute the same one.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2';
import { canonicalJson } from './json';

/** Crockford's base 32: no letter is taken for a digit when it is read out. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const BITS = 5;

/**
 * Characters of a digest: 120 bits. Somebody who writes both of two questions, as a model may, would need some 2^60 tries to
 * give them the same digest.
 */
export const DIGEST_CHARS = 24;

/** The first 120 bits of the SHA-256 of a value's canonical JSON. Give it checked JSON only. */
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

/** What an answer says, apart from where it goes and when it came: the same for the same answer sent twice. */
export function saidBy({ fields, type }: { readonly fields: object; readonly type?: string | undefined }): string {
  return digestOf({ fields, type });
}
