/**
 * Benchmark: what agents cost beside a bare Temporal workflow, in the same run, on the same server.
 *
 *     npm run bench [-- --only NAME,...] [--runs N] [--json]
 *
 * Names: history, steps, throughput, latency, tokens, memory, startup. `--runs`: rounds that medians are taken
 * over, default 5. `--json`: one JSON object on stdout and nothing else. On a server of its own, or
 * the one that TEMPORAL_ADDRESS names; encrypted with COUNTERSIGN_ENCRYPTION_KEYS. Ends with code 0 whether targets are met or not: figures depend on the machine.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { type Bench, openBench } from './bench';
import type { Figure } from './figure';
import { measureHistory } from './history';
import { measureLatency } from './latency';
import { measureMemory } from './memory';
import { readSetting, showFigures, showSetting } from './report';
import { measureStartup } from './startup';
import { measureSteps } from './steps';
import { measureThroughput } from './throughput';
import { measureTokens } from './tokens';

type Measure = (bench: Bench, rounds: number) => Promise<readonly Figure[]>;

const MEASUREMENTS: Readonly<Record<string, Measure>> = {
  history: measureHistory,
  steps: measureSteps,
  throughput: measureThroughput,
  latency: measureLatency,
  tokens: measureTokens,
  memory: measureMemory,
  startup: measureStartup,
};

async function main(): Promise<void> {
  const { only, rounds, isJson } = readArguments();
  const from = performance.now();
  const progress = (line: string): void =>
    void process.stderr.write(`${((performance.now() - from) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
  progress('starting Temporal, bundling workflows');
  const bench = await openBench();
  try {
    const figures: Figure[] = [];
    for (const name of only) {
      progress(name);
      figures.push(...(await (MEASUREMENTS[name] as Measure)(bench, rounds)));
    }
    const setting = await readSetting(bench);
    progress('done');
    const shown = isJson
      ? JSON.stringify({ ...setting, rounds, figures })
      : `${showFigures(figures)}\n\n${showSetting(setting)}`;
    process.stdout.write(`${shown}\n`);
  } finally {
    await bench.close();
  }
}

function readArguments(): { readonly only: readonly string[]; readonly rounds: number; readonly isJson: boolean } {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: Object.keys(MEASUREMENTS).join(',') },
      runs: { type: 'string', default: '5' },
    },
  });
  const only = values.only.split(',');
  const unknown = only.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no measurement ${unknown.join(', ')}. There are: ${Object.keys(MEASUREMENTS).join(', ')}.`,
    );
  }
  const rounds = Number(values.runs);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--runs takes a whole number from 1, not "${values.runs}".`);
  return { only, rounds, isJson: values.json };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
