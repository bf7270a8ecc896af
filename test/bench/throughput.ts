/**
 * Throughput: runs per second, 32 at once. A run is started, answered when its question is open, and over with its result.
 *
 * Blocks of runs of ours and bare take turns, with a worker of each kind idle meanwhile. The ratio is
 * the median over pairs of neighbouring blocks, so that a machine that slows down slows both.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { sideBySide, wholeRun } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';

const AT_ONCE = 32;
/** Runs of a block: three times as many as run at once, so that its uneven start and end weigh little. */
const BLOCK = 96;

export async function measureThroughput(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    const samples = { ours: [] as number[], bare: [] as number[] };
    for (const worker of [workers.ours, workers.bare]) await block(bench, worker); // Warm: code is compiled, connections are open.
    for (let round = 0; round < rounds; round += 1) {
      const pair = [workers.ours, workers.bare];
      for (const worker of round % 2 === 0 ? pair : pair.reverse())
        samples[worker.kind].push(await block(bench, worker));
    }
    return [
      figure({
        name: `runs at ${AT_ONCE} at once`,
        unit: 'runs/s',
        ...samples,
        isPaired: true,
        target: { of: 'ratio', bound: 'at least', value: 0.95 },
      }),
    ];
  });
}

async function block({ client }: Bench, worker: WorkerProcess): Promise<number> {
  const from = performance.now();
  await sideBySide(BLOCK, AT_ONCE, () => wholeRun(client, worker));
  return BLOCK / ((performance.now() - from) / 1000);
}
