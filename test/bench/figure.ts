/**
 * Figure: one thing measured, of ours and of the bare workflow, with what is wanted of it.
 *
 * A figure is the median of its samples. A target is set for ours, or for the ratio of ours to bare,
 * which is what can be compared between machines.
 *
 * @module
 */

export interface Target {
  readonly of: 'ours' | 'ratio';
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly bare: number;
  /** Of ours to bare. */
  readonly ratio: number;
  /** None: shown for what it explains. */
  readonly target?: Target;
  /** How far off the target it is, as a fraction of the target. 0 when it is met. */
  readonly missedBy?: number;
  readonly samples: { readonly ours: readonly number[]; readonly bare: readonly number[] };
}

export function figure(options: {
  readonly name: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly bare: readonly number[];
  readonly target?: Target;
  /** Samples of the same index were taken one right after the other: the ratio is the median of theirs. */
  readonly isPaired?: boolean;
}): Figure {
  const { name, unit, target, isPaired = false } = options;
  const [ours, bare] = [median(options.ours), median(options.bare)];
  const ratio = isPaired ? median(options.ours.map((one, nth) => one / (options.bare[nth] as number))) : ours / bare;
  return {
    name,
    unit,
    ours,
    bare,
    ratio,
    ...(target === undefined ? {} : { target, missedBy: missedBy(target, target.of === 'ours' ? ours : ratio) }),
    samples: { ours: options.ours, bare: options.bare },
  };
}

function missedBy({ bound, value }: Target, measured: number): number {
  return Math.max(0, (bound === 'at most' ? measured - value : value - measured) / value);
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
