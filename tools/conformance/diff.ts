/**
 * Diff: two lists as one list of lines, the longest common part of them kept.
 *
 * @module
 */
import type { Fields } from './scenario';

/** @returns undefined when each item of one list fits the other's in its place. */
export function diff(
  wanted: readonly Fields[],
  actual: readonly Fields[],
  fits: (wanted: Fields, actual: Fields) => boolean,
): readonly string[] | undefined {
  const common = commonLengths(wanted, actual, fits);
  const lines: string[] = [];
  let isSame = true;
  for (let w = 0, a = 0; w < wanted.length || a < actual.length; ) {
    const [want, have] = [wanted[w], actual[a]];
    if (want !== undefined && have !== undefined && fits(want, have)) {
      lines.push(`  ${show(want)}`);
      [w, a] = [w + 1, a + 1];
    } else if (want !== undefined && (have === undefined || at(common, w + 1, a) >= at(common, w, a + 1))) {
      lines.push(`- ${show(want)}`);
      [w, isSame] = [w + 1, false];
    } else if (have !== undefined) {
      lines.push(`+ ${show(have)}`);
      [a, isSame] = [a + 1, false];
    }
  }
  return isSame ? undefined : lines;
}

/** For each pair of positions, how many items the rests have in common. */
function commonLengths(
  wanted: readonly Fields[],
  actual: readonly Fields[],
  fits: (wanted: Fields, actual: Fields) => boolean,
): readonly (readonly number[])[] {
  const lengths = wanted.map(() => actual.map(() => 0));
  for (let w = wanted.length - 1; w >= 0; w -= 1) {
    for (let a = actual.length - 1; a >= 0; a -= 1) {
      const isPair = fits(wanted[w] as Fields, actual[a] as Fields);
      const longest = Math.max(at(lengths, w + 1, a), at(lengths, w, a + 1));
      (lengths[w] as number[])[a] = isPair ? 1 + at(lengths, w + 1, a + 1) : longest;
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], w: number, a: number): number {
  return lengths[w]?.[a] ?? 0;
}

function show({ type, ...fields }: Fields): string {
  const shown = Object.entries(fields)
    .filter(([, value]) => value != null)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [...(type === undefined ? [] : [type as string]), ...shown].join(' ');
}
