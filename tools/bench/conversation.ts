/**
 * Conversation: a very long one, turn after turn, that goes on over continue-as-new links.
 *
 * Ours has a memory with a token limit; the bare one keeps as many messages by hand. Their turns take
 * turns. A late turn must cost what an early one does, in time and in the worker's memory.
 *
 * @module
 */
import type { Bench } from './bench';
import { type Figure, figure, quantile } from './figure';
import { startConversation } from './follow-turns';
import { type WorkerProcess, withWorkers } from './start-worker-process';
import { CHAT_TEXT, KINDS } from './task';

/** Turns of another conversation, before: code is compiled, connections are open. */
const WARM_UP = 50;
/** The first and the last so many are compared; a quarter, where there are few. */
const COMPARED = 100;

export async function measureConversation(bench: Bench, turns: number): Promise<readonly Figure[]> {
  return await withWorkers(bench, async (workers) => {
    await converse(bench, workers, WARM_UP);
    const before = await residentMb(workers);
    const { ours, bare } = await converse(bench, workers, turns);
    const after = await residentMb(workers);
    const compared = Math.min(COMPARED, Math.floor(turns / 4));
    const late = (ms: readonly number[]): number => quantile(ms.slice(-compared)) / quantile(ms.slice(0, compared));
    const of = `of ${turns.toLocaleString('en-US')} turns`;
    return [
      figure({ name: `a turn ${of}`, unit: 'ms', ours: ours.ms, bare: bare.ms, isPaired: true }),
      figure({
        name: `a turn of the last ${compared} ${of}`,
        unit: `of one in the first ${compared}`,
        ours: [late(ours.ms)],
        bare: [late(bare.ms)],
        target: { of: 'ours', bound: 'at most', value: 1.2 },
      }),
      figure({ name: `history ${of}`, unit: 'links', ours: [ours.links], bare: [bare.links], isCounted: true }),
      figure({ name: `history ${of}`, unit: 'events', ours: [ours.events], bare: [bare.events], isCounted: true }),
      figure({
        name: `worker after ${turns.toLocaleString('en-US')} turns`,
        unit: 'MB',
        ours: [after.ours],
        bare: [after.bare],
      }),
      figure({
        name: `worker after ${turns.toLocaleString('en-US')} turns`,
        unit: 'of before',
        ours: [after.ours / before.ours],
        bare: [after.bare / before.bare],
        target: { of: 'ours', bound: 'at most', value: 1.5 },
      }),
    ];
  });
}

type Workers = Readonly<Record<(typeof KINDS)[number], WorkerProcess>>;

interface Held {
  readonly ms: readonly number[];
  readonly links: number;
  readonly events: number;
}

async function converse(
  { client }: Bench,
  workers: Workers,
  turns: number,
): Promise<Readonly<Record<'ours' | 'bare', Held>>> {
  const conversations = {
    ours: await startConversation(client, workers.ours),
    bare: await startConversation(client, workers.bare),
  };
  const ms = { ours: [] as number[], bare: [] as number[] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const kind of turn % 2 === 0 ? KINDS : KINDS.toReversed()) ms[kind].push(await conversations[kind].turn());
  }
  for (const kind of KINDS) {
    const said = await conversations[kind].close();
    if (said !== CHAT_TEXT) throw new Error(`The conversation (${kind}) ended with "${said}".`);
  }
  const held = (kind: (typeof KINDS)[number]): Held => ({
    ms: ms[kind],
    links: conversations[kind].links,
    events: conversations[kind].events,
  });
  return { ours: held('ours'), bare: held('bare') };
}

async function residentMb(workers: Workers): Promise<Readonly<Record<'ours' | 'bare', number>>> {
  const mb = async (worker: WorkerProcess): Promise<number> => (await worker.memory()).residentBytes / 1e6;
  return { ours: await mb(workers.ours), bare: await mb(workers.bare) };
}
