/**
 * Parked: very many runs that wait at the same time, far more than their worker keeps in memory.
 *
 * One kind after the other, each on a server that holds nothing else. Then a few are answered, one at a
 * time, drawn from all of them, so that most have been put out of the worker's cache.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client';
import type { Bench } from './bench';
import { type Figure, figure, p50AndP99 } from './figure';
import { answer, parkedRun, sideBySide } from './question-run';
import { serverResidentBytes } from './server-memory';
import { startWorkerProcess } from './start-worker-process';
import { type Kind, KINDS } from './task';

const AT_ONCE = 64;
/** Of all, the worker keeps one in so many. */
const CACHED_PART = 5;
const WOKEN = 100;
/** Before those that count: code is compiled, connections are open. */
const WARM_UP = 64;

export async function measureParked(bench: Bench, count: number): Promise<readonly Figure[]> {
  const taken = {} as Record<Kind, Parked>;
  for (const kind of KINDS) taken[kind] = await park(bench, kind, count);
  const { ours, bare } = taken;
  const name = `${count.toLocaleString('en-US')} parked`;
  const server = { ours: ours.serverKb, bare: bare.serverKb };
  return [
    figure({
      name: `start to question, ${name}`,
      unit: 'runs/s',
      ours: ours.perSecond,
      bare: bare.perSecond,
      better: 'more',
    }),
    figure({
      name: `worker, ${name}, 1 in ${CACHED_PART} cached`,
      unit: 'MB',
      ours: [ours.workerMb],
      bare: [bare.workerMb],
    }),
    ...(server.ours === undefined || server.bare === undefined
      ? []
      : [figure({ name: `server per run, ${name}`, unit: 'KB', ours: [server.ours], bare: [server.bare] })]),
    ...p50AndP99({
      name: `answer to result, any of ${name}`,
      unit: 'ms',
      ours: ours.latencies,
      bare: bare.latencies,
      target: { of: 'ratio', bound: 'at most', value: 1.2 },
    }),
  ];
}

interface Parked {
  /** Runs per second, of each tenth of them. */
  readonly perSecond: readonly number[];
  readonly workerMb: number;
  readonly serverKb: number | undefined;
  readonly latencies: readonly number[];
}

async function park(shared: Bench, kind: Kind, count: number): Promise<Parked> {
  const bench = await shared.onFreshServer();
  const cachedRuns = Math.ceil(count / CACHED_PART);
  const worker = await startWorkerProcess(bench, kind, { tuning: { maxCachedWorkflows: cachedRuns } });
  try {
    await sideBySide(WARM_UP, AT_ONCE, async () => await answer(await parkedRun(bench.client, worker)));
    const before = await serverResidentBytes(bench);
    const runs: WorkflowHandle[] = [];
    const perSecond: number[] = [];
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const part = Math.round(((tenth + 1) * count) / 10) - runs.length;
      const from = performance.now();
      runs.push(...(await sideBySide(part, AT_ONCE, () => parkedRun(bench.client, worker))));
      perSecond.push(part / ((performance.now() - from) / 1000));
    }
    const after = await serverResidentBytes(bench);
    const { residentBytes } = await worker.memory();
    const cached = await worker.cachedRuns();
    if (cached > cachedRuns) throw new Error(`The worker keeps ${cached} runs, more than ${cachedRuns}.`);
    const latencies: number[] = [];
    for (const run of drawn(runs, WOKEN)) latencies.push(await answer(run));
    if (!bench.owned)
      await Promise.all(runs.map((run) => run.terminate('The benchmark is over.').catch(() => undefined)));
    return {
      perSecond,
      workerMb: residentBytes / 1e6,
      serverKb: before === undefined || after === undefined ? undefined : (after - before) / count / 1000,
      latencies,
    };
  } finally {
    await worker.stop();
    await bench.close();
  }
}

/** Some of all, scattered, the same ones each time: the seed is fixed. */
function drawn<T>(all: readonly T[], count: number): readonly T[] {
  const left = [...all];
  let seed = 1;
  return Array.from({ length: Math.min(count, left.length) }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return left.splice(seed % left.length, 1)[0] as T;
  });
}
