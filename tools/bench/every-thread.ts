/**
 * Every thread: collects garbage in all threads of a process.
 *
 * Temporal runs workflows in a thread with a heap of its own, which `gc()` in the main thread does
 * not touch. Loaded with `--require`, this file is run in each thread as it starts, and listens there.
 * Needs `--expose-gc`.
 *
 * @module
 */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

interface Collected {
  readonly threadId: number;
  readonly heapBytes: number;
}

const COLLECT = 'collect';
const channel = new BroadcastChannel('bench-every-thread');
const others = new Set<number>();
let whenCollected: (collected: Collected) => void = () => undefined;

channel.onmessage = (message): void => {
  const { data } = message as { data: typeof COLLECT | { readonly started: number } | Collected };
  if (data === COLLECT) {
    if (!isMainThread) channel.postMessage(collectHere());
  } else if ('started' in data) others.add(data.started);
  else whenCollected(data);
};
channel.unref();
if (!isMainThread) channel.postMessage({ started: threadId });

/** Collect garbage everywhere; from the main thread only. @returns Bytes of all heaps in use afterwards. */
export async function collectGarbage(): Promise<number> {
  const heaps = new Map([[threadId, collectHere().heapBytes]]);
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if ([...others].every((thread) => heaps.has(thread))) resolve();
    };
    whenCollected = (collected) => {
      heaps.set(collected.threadId, collected.heapBytes);
      check();
    };
    channel.postMessage(COLLECT);
    check();
  });
  return [...heaps.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function collectHere(): Collected {
  if (globalThis.gc === undefined) throw new Error('Start node with --expose-gc.');
  // Twice: what the first pass finalises, the second frees.
  globalThis.gc();
  globalThis.gc();
  return { threadId, heapBytes: process.memoryUsage().heapUsed };
}
