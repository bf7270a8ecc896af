/**
 * Judge effects: what was approved happened once, or is reported as unknown where its tool is not idempotent; nothing
 * else happened.
 *
 * A payment is known by its idempotency key: one key is one payment, however many attempts reached the ledger. Each
 * mail is one more mail.
 *
 * @module
 */
import type { ActedOn, Finding, RunEvidence } from './evidence';
import { groupBy } from './group';
import type { LedgerLine } from './ledger';

export interface EffectFigures {
  /** That took place. */
  readonly effects: number;
  /** Of those approved, reported as unknown. */
  readonly unknown: number;
  /** Attempts beyond the first that reached the ledger under one key. */
  readonly attemptsAgain: number;
}

export function judgeEffects({ plan, acted, ledger, sent }: RunEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (kind: string, text: string): void => void findings.push({ run: plan.id, kind, text });
  const linesOf = groupBy(ledger, ({ item }) => item);
  const actedOn = groupBy(acted, ({ item }) => item);
  for (const [item, lines] of linesOf) {
    const happened = times(lines);
    if (happened > 1) find('doubled effect', `${item}: ${lines[0]?.effect} happened ${happened} times.`);
    for (const { answerId } of lines) {
      const answer = sent.find((one) => one.answerId === answerId);
      if (answer?.act.response === 'yes') continue;
      find('effect without approval', `${item}: by ${answerId}, which said ${answer?.act.response ?? 'nothing'}.`);
    }
    for (const one of actedOn.get(item) ?? []) {
      if (one.effect === 'none') find('effect after a no', `${item} was refused by ${one.answerId}, and happened.`);
      const isItsOwn = lines.every(({ answerId }) => answerId === one.answerId);
      if (!isItsOwn)
        find('effect of another answer', `${item} was acted on by ${one.answerId}: ${JSON.stringify(lines)}.`);
    }
  }
  for (const one of acted) {
    if (one.effect === 'done' && !linesOf.has(one.item)) find('lost effect', `${one.item} is said to be done.`);
    if (one.effect === 'failed') find('effect failed', `${one.item}: ${one.message}`);
    if (one.effect === 'unknown' && isIdempotent(one, plan)) {
      find('given up', `${one.item} may be tried again, and was not: ${one.message}`);
    }
  }
  return findings;
}

export function countEffects({ acted, ledger }: RunEvidence): EffectFigures {
  const byItem = [...groupBy(ledger, ({ item }) => item).values()];
  const effects = byItem.reduce((sum, lines) => sum + times(lines), 0);
  return {
    effects,
    unknown: acted.filter(({ effect }) => effect === 'unknown').length,
    attemptsAgain: ledger.length - effects,
  };
}

function times(lines: readonly LedgerLine[]): number {
  return lines[0]?.effect === 'pay' ? new Set(lines.map(({ key }) => key)).size : lines.length;
}

function isIdempotent({ item }: ActedOn, plan: RunEvidence['plan']): boolean {
  const [base] = item.split('~');
  return plan.turns.some(({ steps }) => steps.flat().some((call) => call.item === base && call.effect === 'pay'));
}
