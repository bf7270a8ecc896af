/**
 * Crowd: very many runs started at once, each answered as soon as its question is open.
 *
 * The whole crowd of one kind, then that of the other. Every result is checked as it comes: one that is
 * lost or wrong fails the measurement.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure, p50AndP99 } from './figure';
import { sideBySide, wholeRun } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';

/** Before those that count: code is compiled, connections are open. */
const WARM_UP = 64;
/** Fewer than of the others, as each takes a minute or more. */
const MOST_ROUNDS = 2;

export async function measureCrowd(bench: Bench, rounds: number, count: number): Promise<readonly Figure[]> {
  return await withWorkers(
    bench,
    async (workers) => {
      const pair = [workers.ours, workers.bare];
      const perSecond = { ours: [] as number[], bare: [] as number[] };
      const samples = { ours: [] as number[], bare: [] as number[] };
      for (const worker of pair) await crowd(bench, worker, WARM_UP);
      for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
        for (const worker of round % 2 === 0 ? pair : pair.toReversed()) {
          const { seconds, latencies } = await crowd(bench, worker, count);
          perSecond[worker.kind].push(count / seconds);
          samples[worker.kind].push(...latencies);
        }
      }
      const name = `${count.toLocaleString('en-US')} at once`;
      return [
        figure({
          name: `runs, ${name}`,
          unit: 'runs/s',
          ...perSecond,
          isPaired: true,
          better: 'more',
          target: { of: 'ratio', bound: 'at least', value: 0.95 },
        }),
        ...p50AndP99({ name: `answer to result, ${name}`, unit: 'ms', ...samples }),
      ];
    },
    { maxCachedWorkflows: count },
  );
}

async function crowd(
  { client }: Bench,
  worker: WorkerProcess,
  count: number,
): Promise<{ readonly seconds: number; readonly latencies: readonly number[] }> {
  const from = performance.now();
  const latencies = await sideBySide(count, count, () => wholeRun(client, worker));
  if (latencies.length !== count) throw new Error(`${latencies.length} of ${count} runs gave a result.`);
  return { seconds: (performance.now() - from) / 1000, latencies };
}
