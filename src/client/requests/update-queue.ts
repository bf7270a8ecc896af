/**
 * Update queue: a run's updates wait here for their turn, because Temporal takes only ten per run at a time.
 *
 * Shared by all handlers of a client. When no worker takes an update, those that have waited as long fail with it;
 * otherwise the last of many would learn of a missing worker after many such waits.
 *
 * @module
 */
import type { Client } from '@temporalio/client';

/** Per run and client. Leaves room for other clients. */
const IN_FLIGHT = 8;

interface Waiting {
  readonly since: number;
  start(): void;
  fail(error: unknown): void;
}

class UpdateQueue {
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;
  /** Counts events, since a clock would have ties. */
  #moment = 0;
  #lastAnswered = 0;

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  /** @param isUnanswered Whether a failure means that no worker took it. */
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

  /** Gives the free place to the next. */
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

/** Entries go with clients that nobody holds any more. */
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
