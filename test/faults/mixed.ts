/**
 * Mixed: processes killed and frozen, connections cut, slowed, stalled and half-open, with answers in flight.
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
import { describeFault, planFaults } from './plan';
import type { Outcome, ScenarioOptions } from './scenario';
import { callsOf, planRuns } from './runs';
import { startServer } from './servers';
import { World } from './world';

/** Nothing happens for so long although everything is right: what is not done by then stands still. Unit: milliseconds. */
const PATIENCE_MS = 120_000;

/** Victims by the kind of server, so that the plan is known before anything is started. */
const VICTIMS = {
  dev: ['server', 'model', 'worker-1', 'worker-2', 'driver'],
  production: ['server', 'database', 'model', 'worker-1', 'worker-2', 'driver'],
} as const;

export function planMixed({ seed, runs, faults, server }: ScenarioOptions) {
  const plans = planRuns(seed, runs);
  const acts = plans.flatMap(callsOf).flatMap((call) => actsOn(seed, call).flat()).length;
  return { plans, acts, faults: planFaults(seed, faults, acts, VICTIMS[server]) };
}

export async function mixed(options: ScenarioOptions): Promise<Outcome> {
  const { seed, runs, folder, lanes, say } = options;
  const { plans, faults } = planMixed(options);
  const server = await startServer(options.server, join(folder, 'server'));
  let world: World | undefined;
  try {
    world = await World.open({ folder, server, seed, runs, lanes });
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
  }
}

export function describePlan(options: ScenarioOptions): readonly string[] {
  return planMixed(options).faults.map(describeFault);
}
