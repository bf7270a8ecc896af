/**
 * Eviction: answer to result of a parked run that its worker has put out of its memory.
 *
 * The worker's cache is small, so runs that were parked first are put out by those parked last, and each
 * that is answered has its history fetched and is replayed. One at a time; ours and bare take turns.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, p50AndP99 } from './figure';
import { answer, parkedRun, sideBySide } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';

const CACHED_RUNS = 10;
/** Runs of each kind that are answered in a round. */
const RUNS = 20;
/** Runs before those that count: code is compiled, connections are open. */
const WARM_UP = 10;

export async function measureEviction(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(
    bench,
    async (workers) => {
      const samples = { ours: [] as number[], bare: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        const parked = { ours: await evictedRuns(bench, workers.ours), bare: await evictedRuns(bench, workers.bare) };
        for (let nth = 0; nth < WARM_UP + RUNS; nth += 1) {
          for (const kind of nth % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
            const run = parked[kind][nth];
            if (run === undefined) throw new Error(`There is no evicted run ${nth}.`);
            const ms = await answer(run);
            if (nth >= WARM_UP) samples[kind].push(ms);
          }
        }
        const rest = [...parked.ours, ...parked.bare].filter((_run, nth) => nth % parked.ours.length >= WARM_UP + RUNS);
        await Promise.all(rest.map((run) => run.terminate('The benchmark is over.')));
      }
      return p50AndP99({
        name: 'answer to result, evicted',
        unit: 'ms',
        ...samples,
        target: { of: 'ratio', bound: 'at most', value: 1.2 },
      });
    },
    { maxCachedWorkflows: CACHED_RUNS },
  );
}

/** Parked runs, in the order that they were: the last ones, as many as the cache holds, are in it. */
async function evictedRuns({ client }: Bench, worker: WorkerProcess) {
  const parked = await sideBySide(WARM_UP + RUNS + CACHED_RUNS, 1, () => parkedRun(client, worker));
  const cached = await worker.cachedRuns();
  if (cached > CACHED_RUNS) throw new Error(`The worker keeps ${cached} runs, more than ${CACHED_RUNS}.`);
  return parked;
}
