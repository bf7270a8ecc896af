/**
 * Startup: from createWorker(...) until the worker polls, in a fresh process, with a bundle built ahead.
 *
 * Without the start of Node and the loading of modules; with the connection to Temporal. Of the bare
 * one: from connecting, then Worker.create, until it polls.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { startWorkerProcess } from './start-worker-process';
import { KINDS } from './task';

export async function measureStartup(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  const samples = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of KINDS) {
      const worker = await startWorkerProcess(bench, kind);
      samples[kind].push(worker.startedInMs);
      await worker.stop();
    }
  }
  return [
    figure({
      name: 'worker up, bundle built ahead',
      unit: 'ms',
      ...samples,
      target: { of: 'ours', bound: 'at most', value: 1500 },
    }),
  ];
}
