/**
 * Perform all: scenarios side by side, as many as two cores can take.
 *
 * One that fails, or never ends, says so and is no trouble to the others.
 *
 * @module
 */
import { type Difference, differences } from './compare';
import { isKillable, isKilledAtWork, Performance } from './perform';
import type { ScenarioFile } from './read-folder';
import type { Scenario } from './scenario';
import { openStage, type Stage } from './stage';

export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly ms: number;
  /** None: it passed. */
  readonly differences: readonly Difference[];
}

const AT_ONCE = 8;
/** Those with processes of their own. */
const KILLABLE_AT_ONCE = 2;
const TOO_LONG_MS = 120_000;

/** @param tell Called with each verdict as soon as it is there. */
export async function performAll(files: readonly ScenarioFile[], tell: (verdict: Verdict) => void): Promise<void> {
  const ready = files.flatMap(({ name, scenario }) => (scenario === undefined ? [] : [{ name, scenario }]));
  for (const { id, problem } of files) if (problem !== undefined) tell(failed(id, '', 0, problem));
  if (ready.length === 0) return;
  const stage = await openStage(new Map(ready.map(({ name, scenario }) => [name, scenario])));
  const judge = async (name: string, scenario: Scenario): Promise<void> => tell(await perform(stage, name, scenario));
  try {
    // Those that are killed take longest: processes must start, Temporal must see that one is gone.
    const killable = ready
      .filter(({ scenario }) => isKillable(scenario))
      .toSorted((one, other) => Number(isKilledAtWork(other.scenario)) - Number(isKilledAtWork(one.scenario)));
    const others = ready.filter(({ scenario }) => !isKillable(scenario));
    await Promise.all([inTurns(KILLABLE_AT_ONCE, killable, judge), inTurns(AT_ONCE - KILLABLE_AT_ONCE, others, judge)]);
  } finally {
    await stage.close();
  }
}

async function inTurns(
  atOnce: number,
  all: readonly { readonly name: string; readonly scenario: Scenario }[],
  judge: (name: string, scenario: Scenario) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const turn = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await judge(one.name, one.scenario);
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
}

async function perform(stage: Stage, name: string, scenario: Scenario): Promise<Verdict> {
  const { id, title } = scenario;
  const from = performance.now();
  const took = (): number => Math.round(performance.now() - from);
  const performed = new Performance(stage, name, scenario);
  try {
    const outcome = await within(TOO_LONG_MS, performed.outcome());
    return { id, title, ms: took(), differences: differences(scenario, outcome) };
  } catch (error) {
    return failed(id, title, took(), error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await performed.close();
  }
}

function failed(id: string, title: string, ms: number, problem: string): Verdict {
  return { id, title, ms, differences: [{ part: 'problems', lines: problem.split('\n').map((line) => `+ ${line}`) }] };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It neither ended nor was parked within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
