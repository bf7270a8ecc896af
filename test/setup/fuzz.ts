/**
 * Fuzz: how many random cases a test tries, and from which seed.
 *
 * FUZZ_RUNS=20 tries twenty times as many as CI does. A test that fails says its seed: FUZZ_SEED=... gives the same
 * cases again.
 *
 * @module
 */
import fc from 'fast-check';

const TIMES = Math.max(1, Math.floor(Number(process.env['FUZZ_RUNS'] ?? 1)) || 1);

/** Part of the names of tests that cannot print it otherwise. */
export const FUZZ_SEED = Number(process.env['FUZZ_SEED'] ?? crypto.getRandomValues(new Int32Array(1))[0]) | 0;

/** How long a test may take, on a machine that does much else. Unit: milliseconds. */
export const FUZZ_WITHIN_MS = 60_000 * TIMES;

export function fuzzRuns(runs: number): number {
  return runs * TIMES;
}

/** For fc.assert, which prints the seed and the smallest case that fails. */
export function fuzzed(runs: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: fuzzRuns(runs), seed: FUZZ_SEED };
}

/** Cases for a server: what happened there cannot be taken back, so a failing case cannot be made smaller. */
export function sampled<T>(arbitrary: fc.Arbitrary<T>, runs: number): readonly T[] {
  return fc.sample(arbitrary, fuzzed(runs));
}

/** One case is not over: said with the case itself, and before the whole test is given up. Unit: milliseconds. */
const CASE_WITHIN_MS = 45_000;

/** @throws Error When the case hangs, or fails, with what was tried. */
export async function tried(shown: string, play: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${CASE_WITHIN_MS} ms`)), CASE_WITHIN_MS);
  });
  try {
    await Promise.race([play(), hangs]);
  } catch (error) {
    throw new Error(`The case with\n${shown}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
