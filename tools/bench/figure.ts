/**
 * Figure: one thing measured, of ours and, where it has it, of the bare workflow, with what is wanted of it.
 *
 * A figure is a quantile of its samples, the median unless it says otherwise. A target is set for ours,
 * or for the ratio of ours to bare, which is what can be compared between machines.
 *
 * @module
 */

export interface Target {
  readonly of: 'ours' | 'ratio';
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

/** How a figure comes from its samples. */
export interface Reading {
  /** Default: 0.5. */
  readonly quantile?: number;
  /** Samples of the same index were taken one right after the other: the ratio is the median of theirs. */
  readonly isPaired?: boolean;
  /** It does not depend on time: two runs give the same, but for a few bytes. */
  readonly isCounted?: boolean;
  /** Default: `less`. */
  readonly better?: 'less' | 'more';
}

export interface Samples {
  readonly ours: readonly number[];
  readonly bare?: readonly number[];
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly bare?: number;
  /** Of ours to bare. */
  readonly ratio?: number;
  /** None: shown for what it explains. */
  readonly target?: Target;
  /** How far off the target it is, as a fraction of the target. 0 when it is met. */
  readonly missedBy?: number;
  readonly reading: Reading;
  /** In the order they were taken. */
  readonly samples: Samples;
}

export function figure(
  options: { readonly name: string; readonly unit: string; readonly target?: Target } & Samples & Reading,
): Figure {
  const { name, unit, target, ours: oursTaken, bare: bareTaken, ...reading } = options;
  const samples = { ours: oursTaken, ...(bareTaken === undefined ? {} : { bare: bareTaken }) };
  const ours = quantile(oursTaken, reading.quantile);
  const compared = comparedOf(samples, reading);
  return {
    name,
    unit,
    ours,
    ...(bareTaken === undefined ? {} : { bare: quantile(bareTaken, reading.quantile), ratio: compared }),
    ...(target === undefined ? {} : { target, missedBy: missedBy(target, target.of === 'ours' ? ours : compared) }),
    reading,
    samples,
  };
}

/** The 50th and the 99th of 100 of the same samples. */
export function p50AndP99(
  options: { readonly name: string; readonly unit: string; readonly target?: Target } & Samples,
): readonly Figure[] {
  const { target, ...rest } = options;
  return [
    figure({ ...rest, name: `${rest.name}, p50`, ...(target === undefined ? {} : { target }) }),
    figure({ ...rest, name: `${rest.name}, p99`, quantile: 0.99 }),
  ];
}

/** What can be compared with another report: the ratio of ours to bare; ours alone where there is no bare. */
export function comparedOf({ ours, bare }: Samples, reading: Reading): number {
  if (bare === undefined) return quantile(ours, reading.quantile);
  if (reading.isPaired === true) return quantile(ours.map((one, nth) => one / (bare[nth] as number)));
  return quantile(ours, reading.quantile) / quantile(bare, reading.quantile);
}

function missedBy({ bound, value }: Target, measured: number): number {
  return Math.max(0, (bound === 'at most' ? measured - value : value - measured) / value);
}

/** The least sample that so many of all are not above; the median of an even number is the middle of two. */
export function quantile(samples: readonly number[], part = 0.5): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (part !== 0.5) return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
