/**
 * Update queue: the updates of a run wait here for their turn, because Temporal takes only ten of a run at a time.
 *
 * All handlers of a client share it. An update that no worker takes takes those along that have waited as long as it has:
 * otherwise the last of many would hear of a missing worker after many times that long.
 *
 * @module
 */
import type { Client } from '@temporalio/client';

/** For each run and client. It leaves some room for other clients. */
const IN_FLIGHT = 8;

interface Waiting {
  readonly since: number;
  start(): void;
  fail(error: unknown): void;
}

class UpdateQueue {
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;
  /** Counts what happens: a clock would have ties. */
  #moment = 0;
  #lastAnswered = 0;

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  /** @param isUnanswered Of what it failed with: whether no worker took it. */
  async run<T>(send: () => Promise<T>, isUnanswered: (error: unknown) => boolean): Promise<T> {
    if (this.#inFlight >= IN_FLIGHT) await this.#turn();
    else this.#inFlight += 1;
    const sentAt = (this.#moment += 1);
    try {
      const value = await send();
      this.#lastAnswered = this.#moment += 1;
      return value;
    } catch (error) {
      if (!isUnanswered(error)) this.#lastAnswered = this.#moment += 1;
      else if (this.#lastAnswered < sentAt) this.#failSince(sentAt, error);
      throw error;
    } finally {
      this.#next();
    }
  }

  async #turn(): Promise<void> {
    await new Promise<void>((start, fail) => {
      this.#waiting.push({ since: (this.#moment += 1), start, fail });
    });
  }

  /** Hands the place of one that has ended to the next. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inFlight -= 1;
    else next.start();
  }

  #failSince(moment: number, error: unknown): void {
    const count = this.#waiting.findIndex(({ since }) => since > moment);
    for (const one of this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)) one.fail(error);
  }
}

/** Clients that nobody holds any more take theirs with them. */
const queues = new WeakMap<Client, Map<string, UpdateQueue>>();

export async function queueUpdate<T>(
  client: Client,
  workflowId: string,
  send: () => Promise<T>,
  isUnanswered: (error: unknown) => boolean,
): Promise<T> {
  const ofClient = queues.get(client) ?? new Map<string, UpdateQueue>();
  queues.set(client, ofClient);
  const queue = ofClient.get(workflowId) ?? new UpdateQueue();
  ofClient.set(workflowId, queue);
  try {
    return await queue.run(send, isUnanswered);
  } finally {
    if (queue.isIdle && ofClient.get(workflowId) === queue) ofClient.delete(workflowId);
  }
}
