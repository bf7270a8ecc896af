/**
 * Held move: keeps a worker in the workflow task with which a run goes on in a new link.
 *
 * As a payload codec, because that is where a worker waits for something outside of the sandbox: what the
 * run hands on is encoded after its code has run and before the server hears of it.
 *
 * @module
 */
import type { PayloadCodec } from '@temporalio/common';
import type { AgentWorkerOptions } from '../../src/worker';

export class HeldMove {
  #reached: (() => void) | undefined;
  #released: Promise<void> | undefined;
  #release: () => void = () => undefined;

  /** What a worker must be started with. */
  get options(): Partial<AgentWorkerOptions> {
    const codec: PayloadCodec = {
      encode: async (payloads) => {
        const moves = payloads.some(({ data }) => Buffer.from(data ?? []).includes('"carried":{'));
        if (moves) {
          this.#reached?.();
          await this.#released;
        }
        return payloads;
      },
      decode: async (payloads) => payloads,
    };
    return { dataConverter: { payloadCodecs: [codec] } };
  }

  /** Hold the moves from now on. @returns Resolves when one is held. */
  hold(): Promise<void> {
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  release(): void {
    this.#reached = undefined;
    this.#released = undefined;
    this.#release();
  }
}
