/**
 * Parked: very many runs that wait at the same time, far more than their worker keeps in memory.
 *
 * Each kind on a server that holds nothing else, so that its memory can be told. They are parked in tenths
 * that take turns, while the other's worker is idle. Then a few are answered, one at a time and in turns,
 * drawn from all of them, so that most have been put out of the worker's cache.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client';
import type { Bench } from './bench';
import { type Figure, figure, p50AndP99 } from './figure';
import { answer, parkedRun, sideBySide } from './question-run';
import { serverResidentBytes } from './server-process';
import { startWorkerProcess, type WorkerProcess } from './start-worker-process';
import { type Kind, KINDS } from './task';

const AT_ONCE = 64;
/** Of all, the worker keeps one in so many. */
const CACHED_PART = 5;
const WOKEN = 100;
/** Before those that count: code is compiled, connections are open. */
const WARM_UP = 64;

export async function measureParked(bench: Bench, count: number): Promise<readonly Figure[]> {
  const sides = { ours: await openSide(bench, 'ours', count), bare: await openSide(bench, 'bare', count) };
  try {
    const perSecond = { ours: [] as number[], bare: [] as number[] };
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const part = Math.round(((tenth + 1) * count) / 10) - sides.ours.runs.length;
      for (const kind of inTurns(tenth)) perSecond[kind].push(await park(sides[kind], part));
    }
    const held = { ours: await heldBy(sides.ours), bare: await heldBy(sides.bare) };
    const woken = { ours: drawn(sides.ours.runs, WOKEN), bare: drawn(sides.bare.runs, WOKEN) };
    const latencies = { ours: [] as number[], bare: [] as number[] };
    for (let nth = 0; nth < woken.ours.length; nth += 1) {
      for (const kind of inTurns(nth)) latencies[kind].push(await answer(woken[kind][nth] as WorkflowHandle));
    }
    const of = `${count.toLocaleString('en-US')} parked`;
    const serverKb = { ours: held.ours.serverKb, bare: held.bare.serverKb };
    return [
      figure({ name: `start to question, ${of}`, unit: 'runs/s', ...perSecond, isPaired: true, better: 'more' }),
      figure({
        name: `worker, ${of}, 1 in ${CACHED_PART} cached`,
        unit: 'MB',
        ours: [held.ours.workerMb],
        bare: [held.bare.workerMb],
      }),
      ...(serverKb.ours === undefined || serverKb.bare === undefined
        ? []
        : [figure({ name: `server per run, ${of}`, unit: 'KB', ours: [serverKb.ours], bare: [serverKb.bare] })]),
      ...p50AndP99({
        name: `answer to result, any of ${of}`,
        unit: 'ms',
        ...latencies,
        target: { of: 'ratio', bound: 'at most', value: 1.2 },
      }),
    ];
  } finally {
    for (const kind of KINDS) await sides[kind].close();
  }
}

/** What there is of one kind. */
interface Side {
  readonly bench: Bench;
  readonly worker: WorkerProcess;
  /** Runs that the worker keeps at most. */
  readonly mostCached: number;
  /** Of the server, before anything was parked. */
  readonly emptyBytes: number | undefined;
  readonly runs: WorkflowHandle[];
  close(): Promise<void>;
}

async function openSide(shared: Bench, kind: Kind, count: number): Promise<Side> {
  const bench = await shared.onFreshServer();
  const mostCached = Math.ceil(count / CACHED_PART);
  const worker = await startWorkerProcess(bench, kind, { tuning: { maxCachedWorkflows: mostCached } });
  await sideBySide(WARM_UP, AT_ONCE, async () => await answer(await parkedRun(bench.client, worker)));
  const runs: WorkflowHandle[] = [];
  return {
    bench,
    worker,
    mostCached,
    emptyBytes: await serverResidentBytes(bench),
    runs,
    async close() {
      await worker.stop();
      // Those that were answered have ended. A server of ours goes with all it has.
      if (!bench.owned) await Promise.allSettled(runs.map((run) => run.terminate('The benchmark is over.')));
      await bench.close();
    },
  };
}

/** @returns Runs per second. */
async function park({ bench, worker, runs }: Side, count: number): Promise<number> {
  const from = performance.now();
  runs.push(...(await sideBySide(count, AT_ONCE, () => parkedRun(bench.client, worker))));
  return count / ((performance.now() - from) / 1000);
}

async function heldBy({ bench, worker, mostCached, emptyBytes, runs }: Side) {
  const fullBytes = await serverResidentBytes(bench);
  const { residentBytes } = await worker.memory();
  const cached = await worker.cachedRuns();
  if (cached > mostCached) throw new Error(`The worker keeps ${cached} runs, more than ${mostCached}.`);
  const isTold = bench.owned && emptyBytes !== undefined && fullBytes !== undefined;
  return {
    workerMb: residentBytes / 1e6,
    serverKb: isTold ? (fullBytes - emptyBytes) / runs.length / 1000 : undefined,
  };
}

function inTurns(nth: number): readonly Kind[] {
  return nth % 2 === 0 ? KINDS : KINDS.toReversed();
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
