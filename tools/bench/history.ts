/**
 * History: what the example run costs in the server's history, answered by signal.
 *
 * Both figures are the server's own, asked of it when the run has ended.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { answer, parkedRun } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';

export async function measureHistory(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async ({ ours, bare }) => {
    const samples = { ours: [] as History[], bare: [] as History[] };
    for (let round = 0; round < rounds; round += 1) {
      samples.ours.push(await historyOfRun(bench, ours));
      samples.bare.push(await historyOfRun(bench, bare));
    }
    return [
      figure({
        name: 'history of the example run',
        unit: 'events',
        ours: samples.ours.map(({ events }) => events),
        bare: samples.bare.map(({ events }) => events),
        isCounted: true,
        target: { of: 'ours', bound: 'at most', value: 21 },
      }),
      figure({
        name: 'history of the example run',
        unit: 'bytes',
        ours: samples.ours.map(({ bytes }) => bytes),
        bare: samples.bare.map(({ bytes }) => bytes),
        isCounted: true,
        target: { of: 'ours', bound: 'at most', value: 4500 },
      }),
    ];
  });
}

interface History {
  readonly events: number;
  readonly bytes: number;
}

async function historyOfRun({ client }: Bench, worker: WorkerProcess): Promise<History> {
  const handle = await parkedRun(client, worker);
  await answer(handle);
  const { historyLength, historySize } = await handle.describe();
  return { events: historyLength, bytes: historySize ?? Number.NaN };
}
