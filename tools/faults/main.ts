/**
 * Faults: runs with answers in flight while whatever they depend on is killed, frozen and cut off; judged afterwards
 * from outside.
 *
 *     npm run faults [-- --seed N] [--runs N] [--faults N] [--server dev|production] [--scenario NAME]
 *                        [--plan] [--folder DIR] [--json]
 *
 * `--seed`: decides what runs do, what people answer, and which faults come when; printed, so that it can be given
 * again. `--scenario`: `mixed` (default), `clock`, `disk` or `restore`. `--server`: the Temporal dev server with its runs
 * in a file, or PostgreSQL and Temporal. `--plan`: says what would happen, and ends. `--folder`: where journal, ledger and logs are kept.
 *
 * Ends with code 0 when nothing is wrong, with 1 when there are findings, with 2 when it could not run.
 *
 * @module
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readArguments } from './arguments';
import { describePlan, play } from './play';
import { showOutcome } from './report';
import { restore } from './restore';
import type { ScenarioOptions } from './scenario';

/** Runs at a time: enough that every fault meets several answers, few enough for a small machine. */
const LANES = 16;

async function main(): Promise<void> {
  const { isJson, isPlanOnly, folder: given, ...told } = readArguments(process.argv.slice(2));
  const from = performance.now();
  const seconds = (): string => ((performance.now() - from) / 1000).toFixed(1);
  const say = (line: string): void => void process.stderr.write(`${seconds().padStart(6)} s  ${line}\n`);
  const folder = given === undefined ? ownFolder() : resolve(given);
  const options: ScenarioOptions = { ...told, lanes: LANES, folder, say };
  if (isPlanOnly) return print(describePlan(options).join('\n'));
  say(
    `seed ${told.seed}, ${told.runs} runs, ${told.faults} faults, ${told.scenario}, ${told.server} server; journal and logs in ${folder}`,
  );
  const outcome = await (told.scenario === 'restore' ? restore : play)(options);
  say('done');
  if (outcome.findings.length > 0) process.exitCode = 1;
  else if (given === undefined) rmSync(folder, { recursive: true, force: true });
  if (isJson) return print(JSON.stringify({ ...told, seconds: Number(seconds()), ...outcome }));
  print(showOutcome(outcome));
  const again = `npm run faults -- --seed ${told.seed} --runs ${told.runs} --faults ${told.faults} --server ${told.server} --scenario ${told.scenario}`;
  print(`\nThe same again: ${again}`);
}

/** Started as root, PostgreSQL runs as another user, who must get to its folder in here. */
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
  chmodSync(folder, 0o711);
  return folder;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
