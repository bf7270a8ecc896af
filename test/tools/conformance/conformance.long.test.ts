import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Verdict } from '../../../tools/conformance/perform-all';

const RUNNER = join(__dirname, '../../../build/tools/conformance/main.js');
const SCENARIOS = join(__dirname, '../../../tools/conformance/scenarios');
const ids = readdirSync(SCENARIOS).map((file) => basename(file, '.json'));

test('every scenario of the original shows with us what it showed there', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [RUNNER, SCENARIOS, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const lines = stdout.trimEnd().split('\n');
  const verdicts = lines.slice(0, -1).map((line) => JSON.parse(line) as Verdict & { readonly passed: boolean });
  expect([verdicts.filter(({ passed }) => !passed), stderr]).toEqual([[], '']);
  expect(lines.at(-1)).toBe(`${ids.length} passed, 0 failed`);
  expect(ids.length).toBeGreaterThan(50);
}, 300_000);
