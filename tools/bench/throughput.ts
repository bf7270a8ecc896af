/**
 * Throughput: runs per second, 32 at once. A run is started, answered when its question is open, and over with its result.
 *
 * Blocks of runs of ours and bare take turns, while the other's worker is idle. The ratio is the median
 * over pairs of neighbouring blocks, many and short, so that a machine that slows down spoils few of them.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { sideBySide, wholeRun } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';
import { takeTurns } from './take-turns';

const AT_ONCE = 32;
/** Runs of a block: two or three seconds. */
const BLOCK = 64;

export async function measureThroughput(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    const samples = await takeTurns(workers, rounds, (worker) => block(bench, worker));
    return [
      figure({
        name: `runs at ${AT_ONCE} at once`,
        unit: 'runs/s',
        ...samples,
        isPaired: true,
        better: 'more',
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
