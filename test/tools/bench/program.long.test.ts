import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Report } from '../../../tools/bench/report';

const program = join(__dirname, '../../../build/tools/bench/main.js');
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function bench(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, output, errors) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output, errors }),
    );
  });
}

test('a misspelt option ends with code 2 and what there is, before anything is started', async () => {
  const { code, output, errors } = await bench('--onyl', 'history');
  expect([code, output]).toEqual([2, '']);
  expect(errors).toContain('There is no option --onyl. There are: --only,');
});

test('the measurements are listed', async () => {
  const { code, output } = await bench('--list');
  expect(code).toBe(0);
  expect(output).toMatch(/^history +events and bytes of the example run$/m);
});

test('a report can be compared with: code 0 when nothing is worse, 1 when something is', async () => {
  const path = join(folder, 'report.json');
  const measure = ['--only', 'history', '--runs', '1', '--json'];
  const first = await bench(...measure);
  const report = JSON.parse(first.output) as Report;
  expect(report.environment).toMatchObject({
    node: process.versions.node,
    temporalSdk: expect.stringMatching(/^\d+\./),
  });
  expect(report.environment).not.toHaveProperty('date');
  expect(report.figures.map(({ name, unit, ours }) => [name, unit, ours])).toContainEqual([
    'history of the example run',
    'events',
    21,
  ]);

  writeFileSync(path, first.output);
  const second = await bench(...measure, '--compare', path);
  expect(second.code).toBe(0);
  expect((JSON.parse(second.output) as Report).comparisons?.map(({ verdict }) => verdict)).toEqual(['same', 'same']);

  const better = report.figures.map((figure) => ({ ...figure, ratio: (figure.ratio ?? 1) * 0.9 }));
  writeFileSync(path, JSON.stringify({ ...report, figures: better }));
  const third = await bench('--only', 'history', '--runs', '1', '--compare', path);
  expect(third.code).toBe(1);
  expect(third.output).toMatch(/history of the example run, events +0\.900 +1\.000 +11\.1 % +2\.0 % +worse/);
}, 120_000);
