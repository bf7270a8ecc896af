/**
 * Play: runs with answers in flight while the faults of a scenario happen, and the judgement afterwards.
 *
 * `mixed`: processes killed and frozen, connections cut, slowed, stalled and half-open. `clock`: waits with deadlines,
 * while the clocks of workers and clients are set wrong by hours. `disk`: the disk of the dev server is full.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actsOn } from './acts';
import { Injector } from './inject';
import type { JournalLine } from './journal';
import type { LedgerLine } from './ledger';
import { readLines } from './lines';
import { observeRuns } from './observe';
import { judge } from './oracle';
import { clocks, everything, fullDisk } from './decks';
import { describeFault, planFaults } from './plan';
import type { Outcome, ScenarioOptions } from './scenario';
import { callsOf, planRuns, withDeadlines } from './runs';
import { startServer } from './servers';
import { mountSmallDisk } from './small-disk';
import { World } from './world';

/** Nothing happens for so long although everything is right: what is not done by then stands still. Unit: milliseconds. */
const PATIENCE_MS = 120_000;

/** What is planned, before anything is started. */
export function planOf({ seed, runs, faults, server, scenario }: ScenarioOptions) {
  const planned = planRuns(seed, runs);
  const plans = scenario === 'clock' ? withDeadlines(seed, planned) : planned;
  const acts = plans.flatMap(callsOf).flatMap((call) => actsOn(seed, call).flat()).length;
  const deck = { mixed: () => everything(server), clock: clocks, disk: fullDisk, restore: () => [] }[scenario]();
  return { plans, acts, faults: deck.length === 0 ? [] : planFaults(seed, faults, acts, deck) };
}

/** @throws Error when it cannot be played here. */
export async function play(options: ScenarioOptions): Promise<Outcome> {
  const { seed, runs, folder, lanes, say } = options;
  const { plans, faults } = planOf(options);
  const disk = options.scenario === 'disk' ? mountSmallDisk(join(folder, 'disk')) : undefined;
  const server = await startServer(options.server, join(folder, 'server'), disk);
  let world: World | undefined;
  try {
    world = await World.open({
      folder,
      server,
      seed,
      runs,
      lanes,
      hasDeadlines: options.scenario === 'clock',
    });
    for (const victim of world.victims) world.keep(victim);
    const injector = new Injector(world, faults, say);
    const isQuiet = await injector.run(options.patienceMs ?? PATIENCE_MS);
    say(isQuiet ? 'all is quiet; reading the runs' : 'nothing moves any more; reading the runs');
    const observed = await observeRuns(
      server,
      plans.map(({ id }) => id),
    );
    writeFileSync(join(folder, 'observed.json'), JSON.stringify(observed));
    const verdict = judge({
      plans,
      journal: readLines<JournalLine>(world.journalFile),
      ledger: readLines<LedgerLine>(world.ledgerFile),
      observed,
    });
    return {
      ...verdict,
      faults: injector.faults,
      answersInFlight: injector.answersInFlight,
      endedAlone: world.endedAlone,
    };
  } finally {
    await (world?.close() ?? server.stop());
    disk?.unmount();
  }
}

export function describePlan(options: ScenarioOptions): readonly string[] {
  return planOf(options).faults.map(describeFault);
}
