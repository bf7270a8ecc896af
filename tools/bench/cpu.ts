/**
 * CPU: what a whole run takes of the machine, by process. It varies less than time does.
 *
 * Blocks of runs of ours and bare take turns, while the other's worker is idle; what is idle still polls,
 * and the server's housekeeping is in it.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { sideBySide, wholeRun } from './question-run';
import { serverCpuMs } from './server-process';
import { type WorkerProcess, withWorkers } from './start-worker-process';
import { takeTurns } from './take-turns';

const AT_ONCE = 32;
const BLOCK = 64;

const PARTS = ['server', 'worker', 'client and model'] as const;
type Used = Readonly<Record<(typeof PARTS)[number], number>>;

export async function measureCpu(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    const samples = await takeTurns(workers, rounds, (worker) => block(bench, worker));
    const figureOf = (name: string, read: (used: Used) => number): Figure =>
      figure({
        name: `CPU of a run, ${name}`,
        unit: 'ms',
        ours: samples.ours.map(read),
        bare: samples.bare.map(read),
        isPaired: true,
      });
    const isRead = samples.ours.every(({ server }) => !Number.isNaN(server));
    const parts = PARTS.filter((part) => isRead || part !== 'server');
    return [
      ...parts.map((part) => figureOf(part, (used) => used[part])),
      ...(isRead ? [figureOf('all', (used) => used.server + used.worker + used['client and model'])] : []),
    ];
  });
}

/** @returns Milliseconds for each run. */
async function block(bench: Bench, worker: WorkerProcess): Promise<Used> {
  const before = await used(bench, worker);
  await sideBySide(BLOCK, AT_ONCE, () => wholeRun(bench.client, worker));
  const after = await used(bench, worker);
  const perRun = (part: (typeof PARTS)[number]): number => (after[part] - before[part]) / BLOCK;
  return { server: perRun('server'), worker: perRun('worker'), 'client and model': perRun('client and model') };
}

async function used(bench: Bench, worker: WorkerProcess): Promise<Used> {
  const { user, system } = process.cpuUsage();
  return {
    server: (await serverCpuMs(bench)) ?? Number.NaN,
    worker: await worker.cpuMs(),
    'client and model': (user + system) / 1000,
  };
}
