/**
 * Restore: a database that is put back to an older copy of itself, under runs that had gone on.
 *
 * Everything is stopped, the database copied, and the runs go on; then everything is stopped again and the older copy
 * put back. What was settled after the copy is forgotten, and people are asked again. No database can promise more; what is
 * judged is that no run is stuck for it, that streams are whole, and that an effect which an agent makes again carries the
 * same idempotency key, so that its service can tell. A link of a run that had not begun when the copy was made is another one
 * afterwards, and so are its keys.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Finding } from './evidence';
import { groupBy } from './group';
import type { JournalLine } from './journal';
import type { LedgerLine } from './ledger';
import { appendLines, LineReader, readLines } from './lines';
import { observeRuns } from './observe';
import { judge } from './oracle';
import { planOf } from './play';
import type { RunPlan } from './runs';
import type { Outcome, ScenarioOptions } from './scenario';
import { startServer } from './servers';
import { World } from './world';

/** When the copy is made and when it is put back, in parts of all answers. */
const COPY_AT = 0.3;
const BACK_AT = 0.6;
/** Of what happened before, this is no longer so for a reason. */
const FORGOTTEN = ['doubled effect', 'effect after a no', 'effect of another answer'];

export async function restore(options: ScenarioOptions): Promise<Outcome> {
  const { seed, runs, folder, lanes, say } = options;
  const { plans, acts } = planOf(options);
  const server = await startServer('production', join(folder, 'server'));
  const data = join(folder, 'server/postgres/data');
  const copy = join(folder, 'copy');
  const before = join(folder, 'journal-before.jsonl');
  let world: World | undefined;
  try {
    world = await World.open({ folder, server, seed, runs, lanes, hasDeadlines: false });
    for (const victim of world.victims) world.keep(victim);
    const { journalFile } = world;
    const until = async (part: number): Promise<void> => await reached(journalFile, part * acts, options.patienceMs);

    await until(COPY_AT);
    say('stopping everything, copying the database');
    await world.stopAll();
    execFileSync('cp', ['-a', data, copy]);
    await world.startAll();
    await until(BACK_AT);
    say('stopping everything, putting the older copy back');
    await world.stopAll();
    rmSync(data, { recursive: true });
    renameSync(copy, data);
    renameSync(journalFile, before);
    const journalAgain = appendLines<JournalLine>(journalFile);
    for (const line of said(readLines<JournalLine>(before))) journalAgain.write(line);
    await world.startAll();
    await until(Number.POSITIVE_INFINITY);
    world.release('driver');
    say('all is quiet; reading the runs');
    const observed = await observeRuns(
      server,
      plans.map(({ id }) => id),
    );
    writeFileSync(join(folder, 'observed.json'), JSON.stringify(observed));
    const after = readLines<JournalLine>(journalFile);
    const ledger = readLines<LedgerLine>(world.ledgerFile);
    const journal = [...forgotten(readLines<JournalLine>(before), after), ...after];
    const { findings, figures } = judge({ plans, journal, ledger, observed });
    const approved = approvals(readLines<JournalLine>(before));
    const isForgotten = ({ kind, text }: Finding): boolean =>
      FORGOTTEN.includes(kind) ||
      (kind === 'effect without approval' && approved.some((id) => text.includes(`by ${id},`)));
    const kept = findings.filter((finding) => !isForgotten(finding));
    const all = [...kept, ...otherKeys(ledger, plans)];
    return {
      findings: all,
      figures: { ...figures, doubled: all.filter(({ kind }) => kind === 'other key').length },
      faults: { 'restore database': 1 },
      answersInFlight: 0,
      endedAlone: world.endedAlone,
    };
  } finally {
    await (world?.close() ?? server.stop());
  }
}

/** So many answers were begun, or the driver is done. @throws Error when nothing happens for too long. */
async function reached(journalFile: string, acts: number, patienceMs = 180_000): Promise<void> {
  const reader = new LineReader<JournalLine>(journalFile);
  const begun = new Set<string>();
  for (let newsAt = Date.now(); ; await delay(20)) {
    for (const line of reader.read()) {
      newsAt = Date.now();
      if (line.t === 'begin') begun.add(line.act.id);
      if (line.t === 'all-done') return;
    }
    if (begun.size >= acts) return;
    if (Date.now() - newsAt > patienceMs) return;
  }
}

/** Answers that said yes, and may have had their effect before they were forgotten. */
function approvals(before: readonly JournalLine[]): readonly string[] {
  return before.flatMap((line) => (line.t === 'begin' && line.act.response === 'yes' ? [line.act.answerId] : []));
}

/** Messages of before: in the older copy or not, each is sent once more, under items of its own. */
function said(before: readonly JournalLine[]): readonly JournalLine[] {
  return before.flatMap((line) => (line.t === 'message' ? [{ ...line, isTaken: false }] : []));
}

/** Of what was sent before, that which was sent again: it may be in the older copy or not. */
function forgotten(before: readonly JournalLine[], after: readonly JournalLine[]): readonly JournalLine[] {
  const again = new Set(after.flatMap((line) => (line.t === 'begin' ? [line.act.id] : [])));
  return before.flatMap((line): readonly JournalLine[] =>
    line.t === 'begin' && again.has(line.act.id) ? [line, { t: 'unknown', act: line.act.id, why: 'restored' }] : [],
  );
}

/**
 * In one link of a run an operation has one key, however often the database has forgotten it: where each tool call has one
 * operation with an effect. A hand-written workflow counts all of its operations together, in the order in which they are
 * begun, which is that of the answers: given in another order this time, they begin others under these keys.
 */
function otherKeys(ledger: readonly LedgerLine[], plans: readonly RunPlan[]): readonly Finding[] {
  const counted = new Set(plans.flatMap(({ id, kind }) => (kind === 'hand-written' ? id : [])));
  const made = ledger.filter(({ item }) => !counted.has(item.split(':')[0] ?? ''));
  return [...groupBy(made, ({ item, key }) => `${item} in ${key.split(':')[0]}`)].flatMap(([what, lines]) => {
    const keys = [...new Set(lines.map(({ key }) => key))];
    return keys.length < 2 ? [] : [{ run: what, kind: 'other key', text: `It was made under ${keys.join(' and ')}.` }];
  });
}
