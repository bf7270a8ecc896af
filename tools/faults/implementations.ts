/**
 * Implementations of the activity tools: each writes its line into the ledger, in the middle of its work, so that a
 * worker can die before it or after it.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { implement, type Implementation } from 'countersign/worker';
import { appendLines } from './lines';
import type { LedgerLine } from './ledger';
import { hashOf } from '../random';
import type { Effect } from './runs';
import { mail, pay } from './tools';

/** What an effect takes at most, before its line and after it. Unit: milliseconds. */
const SLOWEST_MS = 150;

export function implementations(ledgerFile: string): readonly Implementation[] {
  const ledger = appendLines<LedgerLine>(ledgerFile, true);
  const perform =
    (effect: Effect) =>
    async (
      { item, answerId }: { item: string; answerId: string },
      { idempotencyKey: key, attempt }: { readonly idempotencyKey: string; readonly attempt: number },
    ): Promise<string> => {
      await delay(hashOf(`${key} ${attempt} before`) % SLOWEST_MS);
      ledger.write({ effect, item, answerId, key, attempt });
      await delay(hashOf(`${key} ${attempt} after`) % SLOWEST_MS);
      return `${item}: ${effect}`;
    };
  return [implement(pay, perform('pay')), implement(mail, perform('mail'))];
}
