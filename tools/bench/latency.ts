/**
 * Latency: from sending the answer, by signal, until the result is there. One run at a time.
 *
 * Runs of ours and bare take turns. Between answer and result lie a workflow task, a model call and
 * another workflow task.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { wholeRun } from './question-run';
import { withWorkers } from './start-worker-process';

/** Runs of each kind in a round. */
const RUNS = 12;
/** Runs before those that count: code is compiled, connections are open. */
const WARM_UP = 10;

export async function measureLatency(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    const samples = { ours: [] as number[], bare: [] as number[] };
    for (let run = -WARM_UP; run < rounds * RUNS; run += 1) {
      const pair = [workers.ours, workers.bare];
      for (const worker of run % 2 === 0 ? pair : pair.reverse()) {
        const ms = await wholeRun(bench.client, worker);
        if (run >= 0) samples[worker.kind].push(ms);
      }
    }
    return [
      figure({
        name: 'answer to result, p50',
        unit: 'ms',
        ...samples,
        target: { of: 'ratio', bound: 'at most', value: 1.1 },
      }),
    ];
  });
}
