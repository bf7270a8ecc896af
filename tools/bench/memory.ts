/**
 * Memory: what a parked run costs a worker that keeps it in its cache.
 *
 * A fresh worker process first has some runs parked, so that what it allocates once is there; then its
 * resident memory is read before and after more are parked, each time after garbage collection in all its threads.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { parkedRun, sideBySide } from './question-run';
import { startWorkerProcess } from './start-worker-process';
import { type Kind, KINDS } from './task';

const WARM_UP = 60;
const PARKED = 200;
/** Fewer than of the others, as each takes ten seconds or so. */
const MOST_ROUNDS = 3;

export async function measureMemory(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  const samples = { ours: [] as Held[], bare: [] as Held[] };
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
    for (const kind of KINDS) samples[kind].push(await heldPerRun(bench, kind));
  }
  return [
    figure({
      name: 'resident memory per parked run',
      unit: 'KB',
      ours: samples.ours.map(({ residentKb }) => residentKb),
      bare: samples.bare.map(({ residentKb }) => residentKb),
      target: { of: 'ours', bound: 'at most', value: 300 },
    }),
    // Of that, what the workflow itself holds; the rest is the SDK's, the same for both, and varies with the allocator.
    figure({
      name: 'JavaScript heap per parked run',
      unit: 'KB',
      ours: samples.ours.map(({ heapKb }) => heapKb),
      bare: samples.bare.map(({ heapKb }) => heapKb),
    }),
  ];
}

interface Held {
  readonly residentKb: number;
  readonly heapKb: number;
}

async function heldPerRun(bench: Bench, kind: Kind): Promise<Held> {
  const worker = await startWorkerProcess(bench, kind);
  const park = async (count: number) => await sideBySide(count, 32, () => parkedRun(bench.client, worker));
  const warm = await park(WARM_UP);
  const before = await worker.memory();
  const parked = await park(PARKED);
  const after = await worker.memory();
  await worker.stop();
  await Promise.all([...warm, ...parked].map((run) => run.terminate('The benchmark is over.')));
  return {
    residentKb: (after.residentBytes - before.residentBytes) / PARKED / 1000,
    heapKb: (after.heapBytes - before.heapBytes) / PARKED / 1000,
  };
}
