import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Outcome } from '../../../tools/faults/scenario';

const program = join(__dirname, '../../../build/tools/faults/main.js');

/** What stands still for longer is a finding of its own: it ends by itself. */
const PATIENCE_MS = 180_000;

function faults(...args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], { timeout: 2 * PATIENCE_MS }, (error, output, said) => {
      if (error?.killed === true) reject(new Error(`It was stopped after ${2 * PATIENCE_MS} ms. It said:\n${said}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, output });
    });
  });
}

test.concurrent.each([
  ['9', 'workers, model and client are killed and connections cut'],
  ['14', 'server and model are killed, workers frozen and connections slow'],
])(
  'seed %s: %s with answers in flight, and nothing is lost, doubled or stuck',
  async (seed) => {
    const { code, output } = await faults('--seed', seed, '--runs', '6', '--faults', '5', '--json');
    const { findings, figures, answersInFlight } = JSON.parse(output) as Outcome;
    expect(findings).toEqual([]);
    expect(figures).toMatchObject({ runs: 6, lost: 0, doubled: 0 });
    expect(figures.ended + figures.parked).toBe(6);
    expect(answersInFlight).toBeGreaterThan(0);
    expect(code).toBe(0);
  },
  2 * PATIENCE_MS + 10_000,
);
