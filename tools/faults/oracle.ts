/**
 * Oracle: what became of the runs, judged from outside them when all faults are over and everything is quiet.
 *
 * Pure: what was planned, the driver's journal, the ledger and the runs as a fresh client reads them, in; what is not as
 * it must be, and figures, out.
 *
 * @module
 */
import { type Evidence, byRun, type Finding, type RunEvidence } from './evidence';
import { countBy } from './group';
import type { JournalLine } from './journal';
import { judgeAnswers } from './judge-answers';
import { judgeDeadlines } from './judge-deadlines';
import { countEffects, judgeEffects } from './judge-effects';
import { judgeRun } from './judge-runs';
import { judgeStreams } from './judge-streams';

export interface Figures {
  readonly runs: number;
  readonly ended: number;
  readonly parked: number;
  /** Of all runs: with one each there was no continue-as-new. */
  readonly links: number;
  readonly questions: number;
  /** Different answers that were sent. */
  readonly answers: number;
  /** Times that one was sent. */
  readonly tries: number;
  /** Tries whose outcome was unknown, or that were cut off by the death of their sender. */
  readonly unknownTries: number;
  readonly settled: number;
  /** Waits that nobody answered in time. */
  readonly expired: number;
  /** By reason, told to the sender or written to the stream. */
  readonly refused: Readonly<Record<string, number>>;
  /** Answers whose sender was told that the run has ended. */
  readonly toEndedRun: number;
  readonly effects: number;
  readonly unknownEffects: number;
  readonly effectAttemptsAgain: number;
  readonly lost: number;
  readonly doubled: number;
  readonly eventsSeen: number;
  readonly driverStarts: number;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly figures: Figures;
}

const LOST = ['lost answer', 'lost effect'];
const DOUBLED = ['doubled effect', 'settled two questions', 'settled twice', 'asked twice'];

export function judge(evidence: Evidence): Verdict {
  const runs = byRun(evidence);
  const all = runs.flatMap((run) => {
    // Of a run that cannot be read nothing more is known.
    const judges = run.seen.unreadable === undefined ? EVERYTHING : [judgeRun];
    return judges.flatMap((one) => one(run));
  });
  const findings = [...all, ...troubles(evidence.journal)];
  return { findings, figures: count(runs, evidence.journal, findings) };
}

const EVERYTHING = [judgeRun, judgeStreams, judgeAnswers, judgeEffects, judgeDeadlines];

function troubles(journal: readonly JournalLine[]): readonly Finding[] {
  return journal.flatMap((line) =>
    line.t === 'trouble' ? [{ run: line.where, kind: 'trouble', text: line.text }] : [],
  );
}

function count(runs: readonly RunEvidence[], journal: readonly JournalLine[], findings: readonly Finding[]): Figures {
  const sum = (number: (run: RunEvidence) => number): number => runs.reduce((total, run) => total + number(run), 0);
  const sent = runs.flatMap((run) => run.sent);
  const outcomes = sent.flatMap((one) => one.outcomes);
  const reasons = [
    ...outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.reason as string] : [])),
    ...runs.flatMap((run) => run.refusals.map((event) => String(event['reason']))),
  ];
  const effects = runs.map(countEffects);
  const tries = sent.reduce((total, one) => total + one.tries, 0);
  return {
    runs: runs.length,
    ended: runs.filter(({ seen }) => seen.status === 'COMPLETED').length,
    parked: runs.filter(({ seen }) => seen.status === 'RUNNING' && seen.pending.length > 0).length,
    links: sum(({ seen }) => seen.links.length),
    questions: sum(({ questions }) => questions.length),
    answers: sent.length,
    tries,
    unknownTries: tries - outcomes.length,
    expired: sum(({ expired }) => expired.length),
    settled: sum(({ acted }) => acted.length),
    refused: Object.fromEntries([...countBy(reasons)].sort(([a], [b]) => (a < b ? -1 : 1))),
    toEndedRun: outcomes.filter(({ kind }) => kind === 'ended').length,
    effects: effects.reduce((total, one) => total + one.effects, 0),
    unknownEffects: effects.reduce((total, one) => total + one.unknown, 0),
    effectAttemptsAgain: effects.reduce((total, one) => total + one.attemptsAgain, 0),
    lost: findings.filter(({ kind }) => LOST.includes(kind)).length,
    doubled: findings.filter(({ kind }) => DOUBLED.includes(kind)).length,
    eventsSeen: journal.filter(({ t }) => t === 'event').length,
    driverStarts: journal.filter(({ t }) => t === 'boot').length,
  };
}
