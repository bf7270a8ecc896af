/**
 * Eviction: answering a parked run, or going on with a conversation, that its worker has put out of memory.
 *
 * The worker's cache is small, so runs that were parked first are put out by those parked last, and each
 * that is woken has its history fetched and is replayed. One at a time; ours and bare take turns.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure, p50AndP99 } from './figure';
import { type Conversation, startConversation } from './follow-turns';
import { answer, parkedRun, sideBySide } from './question-run';
import { type WorkerProcess, withWorkers } from './start-worker-process';
import { type Kind, KINDS } from './task';

const CACHED_RUNS = 10;
/** Runs of each kind that are answered in a round. */
const RUNS = 20;
/** Runs before those that count: code is compiled, connections are open. */
const WARM_UP = 10;

/** Conversations of each kind that take turns, on workers with room for half of them; and turns of each before. */
const CONVERSATIONS = 4;
const TURNS = 50;

export async function measureEviction(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return [...(await evictedAnswers(bench, rounds)), ...(await evictedTurns(bench, rounds))];
}

async function evictedAnswers(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(
    bench,
    async (workers) => {
      const samples = { ours: [] as number[], bare: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        const parked = { ours: await evictedRuns(bench, workers.ours), bare: await evictedRuns(bench, workers.bare) };
        for (let nth = 0; nth < WARM_UP + RUNS; nth += 1) {
          for (const kind of nth % 2 === 0 ? KINDS : KINDS.toReversed()) {
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

async function evictedTurns(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  return await withWorkers(
    bench,
    async (workers) => {
      const talks: { readonly kind: Kind; readonly talk: Conversation }[] = [];
      for (let nth = 0; nth < CONVERSATIONS; nth += 1) {
        for (const kind of KINDS) {
          const talk = await startConversation(bench.client, workers[kind]);
          for (let turn = 0; turn < TURNS; turn += 1) await talk.turn();
          talks.push({ kind, talk });
        }
      }
      const samples = { ours: [] as number[], bare: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        for (const { kind, talk } of talks) samples[kind].push(await talk.turn());
      }
      for (const { talk } of talks) await talk.close();
      return [
        figure({
          name: `a turn, evicted, after ${TURNS} turns`,
          unit: 'ms',
          ...samples,
          target: { of: 'ratio', bound: 'at most', value: 1.2 },
        }),
      ];
    },
    { maxCachedWorkflows: CONVERSATIONS / 2 },
  );
}

/** Parked runs, in the order that they were: the last ones, as many as the cache holds, are in it. */
async function evictedRuns({ client }: Bench, worker: WorkerProcess) {
  const parked = await sideBySide(WARM_UP + RUNS + CACHED_RUNS, 1, () => parkedRun(client, worker));
  const cached = await worker.cachedRuns();
  if (cached > CACHED_RUNS) throw new Error(`The worker keeps ${cached} runs, more than ${CACHED_RUNS}.`);
  return parked;
}
