/**
 * Take turns: blocks of work of ours and of bare, one after the other, while the other's worker is idle.
 *
 * Neighbours are a pair, and which comes first changes, so that a machine that slows down spoils few of them.
 *
 * @module
 */
import type { WorkerProcess } from './start-worker-process';
import type { Kind } from './task';

/** Pairs of blocks in a round. */
const PAIRS = 2;

/** The first block of each is not counted: code is compiled, connections are open. */
export async function takeTurns<T>(
  workers: Readonly<Record<Kind, WorkerProcess>>,
  rounds: number,
  block: (worker: WorkerProcess) => Promise<T>,
): Promise<Readonly<Record<Kind, readonly T[]>>> {
  const samples: Record<Kind, T[]> = { ours: [], bare: [] };
  for (const worker of [workers.ours, workers.bare]) await block(worker);
  for (let round = 0; round < rounds * PAIRS; round += 1) {
    const pair = [workers.ours, workers.bare];
    for (const worker of round % 2 === 0 ? pair : pair.reverse()) samples[worker.kind].push(await block(worker));
  }
  return samples;
}
