/**
 * Evidence: all that was seen of the runs from outside, put together run by run for the oracle.
 *
 * @module
 */
import type { AnyEvent } from 'countersign';
import type { Act } from './acts';
import { groupBy } from './group';
import { type JournalLine, type Outcome, type Question, readQuestion } from './journal';
import type { LedgerLine } from './ledger';
import type { ObservedRun } from './observe';
import { type Call, callsOf, type RunPlan } from './runs';

export interface Evidence {
  readonly plans: readonly RunPlan[];
  readonly journal: readonly JournalLine[];
  readonly ledger: readonly LedgerLine[];
  readonly observed: readonly ObservedRun[];
}

/** What is not as it must be. */
export interface Finding {
  readonly run: string;
  readonly kind: string;
  readonly text: string;
}

/** An answer: all acts that carried its id, and what came of them. */
export interface Sent {
  readonly answerId: string;
  /** The question it was meant for. */
  readonly inputId: string;
  readonly act: Act;
  readonly tries: number;
  readonly unknowns: number;
  /** Acts of it that have no outcome. */
  readonly open: readonly string[];
  readonly outcomes: readonly Outcome[];
}

/** What a question came to, by the run's own word. */
export interface ActedOn {
  readonly item: string;
  readonly inputId: string;
  readonly answerId: string;
  readonly response: string;
  readonly user: string;
  readonly effect: 'done' | 'none' | 'unknown' | 'failed';
  readonly message?: string;
}

export interface RunEvidence {
  readonly plan: RunPlan;
  readonly seen: ObservedRun;
  /** Of the final stream. */
  readonly questions: readonly Question[];
  readonly acted: readonly ActedOn[];
  readonly refusals: readonly AnyEvent[];
  /** Waits that nobody answered in time. */
  readonly expired: readonly AnyEvent[];
  readonly sent: readonly Sent[];
  readonly ledger: readonly LedgerLine[];
  /** What each watcher saw, in order. */
  readonly watchers: ReadonlyMap<string, readonly AnyEvent[]>;
  readonly endedWatchers: ReadonlySet<string>;
  /** The call of an item, also of a message that was sent again. */
  callOf(item: string): Call | undefined;
}

export function byRun({ plans, journal, ledger, observed }: Evidence): readonly RunEvidence[] {
  const sent = sentByRun(journal);
  const ofItem = groupBy(ledger, ({ item }) => item.slice(0, item.indexOf(':')));
  const events = journal.filter((line) => line.t === 'event');
  const eventsOf = groupBy(events, ({ run }) => run);
  const endedWatchers = new Set(journal.flatMap((line) => (line.t === 'end' ? [line.watcher] : [])));
  return plans.map((plan, nth) => {
    const seen = observed[nth] as ObservedRun;
    const calls = new Map(callsOf(plan).map((call) => [call.item, call]));
    return {
      plan,
      seen,
      questions: seen.events.filter(({ type }) => type === 'InputRequiredEvent').map(readQuestion),
      acted: seen.events.filter(({ type }) => type === 'Acted') as unknown as readonly ActedOn[],
      refusals: seen.events.filter(({ type }) => type === 'AnswerRefused'),
      expired: seen.events.filter(({ type }) => type === 'Expired'),
      sent: sent.get(plan.id) ?? [],
      ledger: ofItem.get(plan.id) ?? [],
      watchers: watchersOf(eventsOf.get(plan.id) ?? []),
      endedWatchers,
      callOf: (item) => calls.get(item.split('~')[0] as string),
    };
  });
}

function watchersOf(lines: readonly (JournalLine & { t: 'event' })[]): RunEvidence['watchers'] {
  const ofWatcher = groupBy(lines, ({ watcher }) => watcher);
  return new Map([...ofWatcher].map(([watcher, seen]) => [watcher, seen.map(({ event }) => event)]));
}

type SentSoFar = { -readonly [Field in keyof Sent]: Sent[Field] };

function sentByRun(journal: readonly JournalLine[]): ReadonlyMap<string, readonly Sent[]> {
  const byId = new Map<string, SentSoFar & { run: string }>();
  const ofAct = new Map<string, SentSoFar>();
  for (const line of journal) {
    if (line.t === 'begin') {
      const { act, run, inputId } = line;
      const one = byId.get(act.answerId) ?? {
        run,
        inputId,
        act,
        answerId: act.answerId,
        tries: 0,
        unknowns: 0,
        open: [],
        outcomes: [],
      };
      byId.set(act.answerId, one);
      ofAct.set(act.id, one);
      one.inputId = inputId;
      one.tries += 1;
      if (!one.open.includes(act.id)) one.open = [...one.open, act.id];
    } else if (line.t === 'unknown') {
      const one = ofAct.get(line.act);
      if (one !== undefined) one.unknowns += 1;
    } else if (line.t === 'told') {
      const one = ofAct.get(line.act);
      if (one === undefined) continue;
      one.outcomes = [...one.outcomes, line.outcome];
      one.open = one.open.filter((act) => act !== line.act);
    }
  }
  return groupBy(byId.values(), ({ run }) => run);
}
