/**
 * Random: numbers that a seed decides, the same on every machine.
 *
 * Each thing that is decided has a name, and numbers of its own under it: so one more decision somewhere changes
 * nothing elsewhere.
 *
 * @module
 */

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 up to `limit`. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** True in this part of all cases. */
  chance(part: number): boolean;
}

export function seeded(seed: number, ...names: readonly (string | number)[]): Random {
  let state = hashOf([seed, ...names].join('\n'));
  const next = (): number => {
    // mulberry32: 32 bits of state, good enough to choose by.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: <T>(choices: readonly T[]) => choices[below(choices.length)] as T,
    chance: (part) => next() < part,
  };
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
