/**
 * Benchmark: what agents cost beside a bare Temporal workflow, in the same run, on the same server.
 *
 *     npm run bench [-- --list] [--only NAME,...] [--runs N] [--at-once N] [--parked N] [--turns N]
 *                       [--server NAME=VALUE]... [--json] [--compare FILE]
 *
 * `--list`: the names of the measurements, which `--only` takes. `--runs`: rounds that medians are taken
 * over, default 5. `--at-once`, `--parked`, `--turns`: how large the crowd, the parked and the conversation
 * measurements are; default 1,000, 2,000 and 1,000. `--server`: a dynamic setting of our servers. `--json`: one JSON object on stdout and nothing else.
 * `--compare`: an earlier such object, with which the figures are compared. On servers of its own, or the
 * one that TEMPORAL_ADDRESS names.
 *
 * Ends with code 0 whether targets are met or not, as figures depend on the machine; with 1 when `--compare`
 * finds one that is worse by more than noise; with 2 when something failed.
 *
 * @module
 */
import { readArguments } from './arguments';
import { openBench } from './bench';
import { compareFigures } from './compare';
import type { Figure } from './figure';
import { MEASUREMENTS, type Measurement } from './measurements';
import { readEnvironment, type Report, showComparisons, showEnvironment, showFigures } from './report';

async function main(): Promise<void> {
  const { only, isJson, isList, compare, server, ...scale } = readArguments(process.argv.slice(2));
  if (isList) return print(listOf(MEASUREMENTS));
  const from = performance.now();
  const progress = (line: string): void =>
    void process.stderr.write(`${((performance.now() - from) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
  progress('starting Temporal, bundling workflows');
  const bench = await openBench(server);
  try {
    const figures: Figure[] = [];
    for (const name of only) {
      progress(name);
      figures.push(...(await (MEASUREMENTS[name] as Measurement).measure(bench, scale)));
    }
    const environment = await readEnvironment(bench);
    progress('done');
    const comparisons = compare === undefined ? [] : compareFigures(compare.figures, figures);
    if (comparisons.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
    const report: Report = { measuredAt: new Date().toISOString(), environment, scale, figures };
    if (isJson) return print(JSON.stringify(compare === undefined ? report : { ...report, comparisons }));
    print(`${showFigures(figures)}\n`);
    if (compare !== undefined) print(`${showComparisons(comparisons, compare, environment)}\n`);
    print(`${showEnvironment(environment)}, ${report.measuredAt}`);
  } finally {
    await bench.close();
  }
}

function listOf(measurements: Readonly<Record<string, Measurement>>): string {
  return Object.entries(measurements)
    .map(([name, { about }]) => `${name.padEnd(14)}${about}`)
    .join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
