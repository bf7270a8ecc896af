import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Verdict } from '../../../tools/conformance/perform-all';

const RUNNER = join(__dirname, '../../../build/tools/conformance/main.js');
const SCENARIOS = join(__dirname, '../../../tools/conformance/scenarios');

/** Scenarios that must fail: what is then found to differ, and a copy of which one is made wrong, where, how. */
const WRONG: readonly (readonly [part: string, id: string, path: readonly (string | number)[], value: unknown])[] = [
  ['stream', 's40_plain', ['expect', 'stream', 1, 'text'], 'Goodbye.'],
  ['stream', 's41_one_tool', ['expect', 'stream', 3, 'type'], 'InputRequiredEvent'],
  ['effects', 's01_seed_yes_every', ['expect', 'effects', 'after_wait'], 2],
  ['results', 's43_tool_error', ['expect', 'results', 0, 'text'], 'It did not fail.'],
  ['refusals', 's12_wrong_user_only', ['expect', 'refusals', 0], 'ambiguous'],
  ['parked', 's12_wrong_user_only', ['expect', 'parked'], false],
  ['modelCalls', 's42_parallel_tools', ['expect', 'modelCalls', 1, 'toolResults', 1], 'no-result'],
  ['sendError', 's45_return_direct', ['expect', 'sendError'], true],
  ['problems', 's40_plain', ['tools', 'add', 'body', 0, 'op'], 'dance'],
];
/** Each of them as it is, and some in which runs go on elsewhere or people get in each other's way. All are in the long test. */
const ids = [
  ...new Set(WRONG.map(([, id]) => id)),
  's10_multi_user',
  's31_resume_waiter_event_norq',
  's60_handoff_then_hitl',
];
const wrongId = (nth: number, part: string): string => `wrong${nth}_${part}`;

let runner: ChildProcess | undefined;
let output: readonly string[] = [];
let code: number | undefined;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-scenarios-'));
  for (const id of ids) copyFileSync(join(SCENARIOS, `${id}.json`), join(folder, `${id}.json`));
  for (const [nth, [part, id, path, value]] of WRONG.entries()) {
    const scenario: unknown = JSON.parse(readFileSync(join(SCENARIOS, `${id}.json`), 'utf8'));
    put(scenario, path, value);
    put(scenario, ['id'], wrongId(nth, part));
    writeFileSync(join(folder, `${wrongId(nth, part)}.json`), JSON.stringify(scenario));
  }
  await new Promise<void>((resolve) => {
    runner = execFile(
      process.execPath,
      [RUNNER, folder, '--json'],
      { maxBuffer: 2 ** 26 },
      (_error, stdout, stderr) => {
        process.stderr.write(stderr);
        output = stdout.trimEnd().split('\n');
        resolve();
      },
    );
    runner.once('exit', (ended) => {
      code = ended ?? undefined;
    });
  });
}, 300_000);

afterAll(() => {
  runner?.kill();
  rmSync(folder, { recursive: true, force: true });
});

function put(target: unknown, [name = '', ...rest]: readonly (string | number)[], value: unknown): void {
  const fields = target as Record<string | number, unknown>;
  if (rest.length === 0) fields[name] = value;
  else put(fields[name], rest, value);
}

function verdict(id: string): (Verdict & { readonly passed: boolean }) | undefined {
  const verdicts = output.slice(0, -1).map((line) => JSON.parse(line) as Verdict & { readonly passed: boolean });
  return verdicts.find((one) => one.id === id);
}

test.each(ids)('%s shows what it is to show', (id) => {
  expect(verdict(id)).toMatchObject({ differences: [], passed: true });
});

test.each(WRONG.map(([part], nth) => [part, wrongId(nth, part)]))('a wrong expectation of %s fails: %s', (part, id) => {
  const { passed, differences } = verdict(id) as Verdict & { readonly passed: boolean };
  expect(passed).toBe(false);
  expect(differences.map((one) => one.part)).toEqual([part]);
  expect(differences[0]?.lines.some((line) => /^[-+] /.test(line))).toBe(true);
});

test('the last line says how many passed and failed, and the exit code whether any did', () => {
  expect(output.at(-1)).toBe(`${ids.length} passed, ${WRONG.length} failed`);
  expect(code).toBe(1);
});

test.each([
  ['no folder', []],
  ['a folder without scenarios', [__dirname]],
  ['an id that is not there', [SCENARIOS, 's40', 's00_nothing']],
])('%s is an error of its own, with exit code 2', (_name, args) => {
  const { status, stderr } = spawnSync(process.execPath, [RUNNER, ...args], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^Say where|^There are no scenarios|^There is no scenario s00_nothing/);
});
