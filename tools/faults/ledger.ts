/**
 * Ledger: the world outside. A line for each attempt of an activity that reached it.
 *
 * @module
 */
import type { Effect } from './runs';

export interface LedgerLine {
  readonly effect: Effect;
  readonly item: string;
  /** The answer that allowed it. */
  readonly answerId: string;
  /** The idempotency key: a second line with the same key is no second payment. */
  readonly key: string;
  readonly attempt: number;
}
