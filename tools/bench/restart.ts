/**
 * Restart: what a parked run waits for when its worker is gone, and answered before the next one is there.
 *
 * From the start of the new worker's process, Node and all, to the result. After a kill Temporal offers the run to the
 * dead worker first, for the `stickyQueueScheduleToStartTimeout`: 2 s of ours, 10 s of the SDK's own in the bare worker.
 * After an orderly stop it does not.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { parkedRun, resultOf, send, sideBySide } from './question-run';
import { startWorkerProcess } from './start-worker-process';
import { type Kind, KINDS } from './task';

/** Runs that are parked when the worker goes; one of them is answered. */
const PARKED = 20;
/** Fewer than of the others, as each takes ten seconds or so. */
const MOST_ROUNDS = 3;

type End = 'stop' | 'kill';

export async function measureRestart(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  const taken = async (end: End, count: number) => {
    const samples = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round < count; round += 1) {
      for (const kind of KINDS) samples[kind].push(await restarted(bench, kind, end));
    }
    return samples;
  };
  return [
    figure({
      name: 'new worker to result, old one stopped',
      unit: 's',
      ...(await taken('stop', rounds)),
      target: { of: 'ratio', bound: 'at most', value: 1.1 },
    }),
    figure({
      name: 'new worker to result, old one killed',
      unit: 's',
      ...(await taken('kill', Math.min(rounds, MOST_ROUNDS))),
      target: { of: 'ratio', bound: 'at most', value: 1.1 },
    }),
  ];
}

/** @returns Seconds. */
async function restarted(bench: Bench, kind: Kind, end: End): Promise<number> {
  const old = await startWorkerProcess(bench, kind);
  const [answered, ...others] = await sideBySide(PARKED, 10, () => parkedRun(bench.client, old));
  if (answered === undefined) throw new Error('No run was parked.');
  await old[end]();
  await send(answered);
  const from = performance.now();
  const next = await startWorkerProcess(bench, kind, { taskQueue: old.taskQueue });
  const ms = await resultOf(answered, from);
  await next.stop();
  await Promise.all(others.map((run) => run.terminate('The benchmark is over.')));
  return ms / 1000;
}
