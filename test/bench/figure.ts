/**
 * Figure: one thing measured, of ours and, where it has it, of the bare workflow, with what is wanted of it.
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
  /** None: a bare workflow has nothing of the kind. */
  readonly bare?: number;
  /** Of ours to bare. */
  readonly ratio?: number;
  /** None: shown for what it explains. */
  readonly target?: Target;
  /** How far off the target it is, as a fraction of the target. 0 when it is met. */
  readonly missedBy?: number;
  readonly samples: { readonly ours: readonly number[]; readonly bare?: readonly number[] };
}

export function figure(options: {
  readonly name: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly bare?: readonly number[];
  readonly target?: Target;
  /** Samples of the same index were taken one right after the other: the ratio is the median of theirs. */
  readonly isPaired?: boolean;
}): Figure {
  const { name, unit, target, isPaired = false, ours: samples, bare } = options;
  const ours = median(samples);
  const beside = bare === undefined ? {} : compared(samples, bare, isPaired);
  const measured = target?.of === 'ours' ? ours : (beside.ratio ?? Number.NaN);
  return {
    name,
    unit,
    ours,
    ...beside,
    ...(target === undefined ? {} : { target, missedBy: missedBy(target, measured) }),
    samples: { ours: samples, ...(bare === undefined ? {} : { bare }) },
  };
}

function compared(
  ours: readonly number[],
  bare: readonly number[],
  isPaired: boolean,
): { readonly bare?: number; readonly ratio?: number } {
  const ratio = isPaired ? median(ours.map((one, nth) => one / (bare[nth] as number))) : median(ours) / median(bare);
  return { bare: median(bare), ratio };
}

function missedBy({ bound, value }: Target, measured: number): number {
  return Math.max(0, (bound === 'at most' ? measured - value : value - measured) / value);
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
