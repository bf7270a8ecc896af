/**
 * Arguments: what the program is told. What is misspelt is said, with what there is, before anything is started.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { type ScenarioName, SCENARIOS } from './scenario';
import type { ServerKind } from './servers';

/** Of scenarios that are for one kind of server. */
const NEEDED: Partial<Record<ScenarioName, ServerKind>> = { disk: 'dev', restore: 'production' };
const SERVERS: readonly ServerKind[] = ['dev', 'production'];

export interface Arguments {
  readonly seed: number;
  readonly runs: number;
  /** Default: one for five runs. */
  readonly faults: number;
  readonly server: ServerKind;
  readonly scenario: ScenarioName;
  readonly isJson: boolean;
  /** Print the plan, and start nothing. */
  readonly isPlanOnly: boolean;
  /** Where everything is written, and kept. Default: a folder of its own, kept when there are findings. */
  readonly folder: string | undefined;
}

const OPTIONS = {
  seed: { type: 'string' },
  runs: { type: 'string', default: '100' },
  faults: { type: 'string' },
  server: { type: 'string' },
  scenario: { type: 'string', default: 'mixed' },
  json: { type: 'boolean', default: false },
  plan: { type: 'boolean', default: false },
  folder: { type: 'string' },
} as const;

/** @throws Error In words for whoever typed them. */
export function readArguments(given: readonly string[]): Arguments {
  const { values } = parseArgs({ args: [...given], options: OPTIONS });
  const runs = wholeNumber('--runs', values.runs, 1);
  const scenario = oneOf('--scenario', values.scenario, SCENARIOS);
  const server = oneOf('--server', values.server ?? NEEDED[scenario] ?? 'dev', SERVERS);
  const needed = NEEDED[scenario];
  if (needed !== undefined && server !== needed) throw new Error(`--scenario ${scenario} is for --server ${needed}.`);
  return {
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : wholeNumber('--seed', values.seed, 0),
    runs,
    faults: values.faults === undefined ? Math.max(6, Math.round(runs / 5)) : wholeNumber('--faults', values.faults, 0),
    server,
    scenario,
    isJson: values.json,
    isPlanOnly: values.plan,
    folder: values.folder,
  };
}

function wholeNumber(option: string, value: string, least: number): number {
  const number = Number(value);
  if (value !== '' && Number.isInteger(number) && number >= least) return number;
  throw new Error(`${option} takes a whole number from ${least}, not "${value}".`);
}

function oneOf<Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new Error(`${option} takes one of ${choices.join(', ')}, not "${value}".`);
}
