/**
 * Compare: figures beside those of an earlier report. Which of them are worse by more than noise?
 *
 * Compared is the ratio of ours to bare, because bare was measured by the same run on the same machine; ours alone,
 * where there is no bare.
 * Its noise is read off the samples: in the order they were taken they are cut into five parts, and how far
 * the parts' ratios lie apart says how far the whole may be off; so a machine that drifts while it measures
 * counts as noise. A change is more than noise when it is above three standard errors of both reports
 * together, and above a least change that any machine makes.
 *
 * @module
 */
import { comparedOf, type Figure } from './figure';

export type Verdict = 'same' | 'better' | 'worse';

export interface Comparison {
  readonly name: string;
  readonly unit: string;
  /** Ratios of ours to bare; ours alone where there is no bare. */
  readonly before: number;
  readonly now: number;
  /** A fraction; above 0 when it is worse now. */
  readonly worseBy: number;
  /** A change that is not above this is none. A fraction. */
  readonly noise: number;
  readonly verdict: Verdict;
}

const PARTS = 5;
const STANDARD_ERRORS = 3;
/** Fractions. Counts differ by a few bytes of times and ids. */
const LEAST_CHANGE = 0.05;
const LEAST_COUNTED_CHANGE = 0.02;
/** For what was measured too seldom to know its noise. */
const UNKNOWN_NOISE = 0.25;

/** @returns Those that both have. */
export function compareFigures(before: readonly Figure[], now: readonly Figure[]): readonly Comparison[] {
  return now.flatMap((one) => {
    const other = before.find(({ name, unit }) => name === one.name && unit === one.unit);
    return other === undefined ? [] : [compareFigure(other, one)];
  });
}

function compareFigure(before: Figure, now: Figure): Comparison {
  const [then, today] = [before.ratio ?? before.ours, now.ratio ?? now.ours];
  const change = Math.log(today / then);
  const worseBy = Math.expm1(now.reading.better === 'more' ? -change : change);
  const isCounted = now.reading.isCounted === true;
  const noise = isCounted
    ? LEAST_COUNTED_CHANGE
    : Math.max(LEAST_CHANGE, STANDARD_ERRORS * Math.hypot(standardError(before), standardError(now)));
  return {
    name: now.name,
    unit: now.unit,
    before: then,
    now: today,
    worseBy,
    noise,
    // What is no number any more is not fine either.
    verdict: worseBy <= noise ? (worseBy < -noise ? 'better' : 'same') : 'worse',
  };
}

/** Of the logarithm of the ratio. */
function standardError({ samples, reading }: Figure): number {
  const { ours, bare } = samples;
  const count = Math.min(PARTS, ours.length, bare?.length ?? PARTS);
  if (count < 3) return UNKNOWN_NOISE / STANDARD_ERRORS / Math.SQRT2;
  const part = (all: readonly number[], nth: number): readonly number[] =>
    all.slice(Math.floor((nth * all.length) / count), Math.floor(((nth + 1) * all.length) / count));
  const ratios = Array.from({ length: count }, (_none, nth) =>
    Math.log(comparedOf({ ours: part(ours, nth), ...(bare === undefined ? {} : { bare: part(bare, nth) }) }, reading)),
  );
  const mean = ratios.reduce((sum, one) => sum + one, 0) / count;
  const variance = ratios.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
  return Math.sqrt(variance / count);
}
