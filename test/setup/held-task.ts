/**
 * Held task: keeps a worker in a workflow task, by what the run says in it.
 *
 * As a payload codec, because that is where a worker waits for something outside of the sandbox: what the
 * run hands on is encoded after its code has run and before the server hears of it.
 *
 * @module
 */
import type { PayloadCodec } from '@temporalio/common';
import type { AgentWorkerOptions } from '../../src/worker';

/** What a run carries into its next link. */
export const MOVE = '"carried":{';

export class HeldTask {
  readonly #text: string;
  #ofRun = '';
  #reached: (() => void) | undefined;
  #released: Promise<void> | undefined;
  #release: (error?: Error) => void = () => undefined;

  /** @param text In a payload of the tasks that can be held. */
  constructor(text: string) {
    this.#text = text;
  }

  /** What a worker must be started with. */
  get options(): Partial<AgentWorkerOptions> {
    const codec: PayloadCodec = {
      encode: async (payloads) => {
        const texts = payloads.map(({ data }) => Buffer.from(data ?? []));
        if (texts.some((text) => text.includes(this.#text) && text.includes(this.#ofRun))) {
          this.#reached?.();
          await this.#released;
        }
        return payloads;
      },
      decode: async (payloads) => payloads,
    };
    return { dataConverter: { payloadCodecs: [codec] } };
  }

  /** Hold such tasks from now on. @param ofRun Only those that have this text as well. @returns Resolves when one is held. */
  hold(ofRun = ''): Promise<void> {
    this.#ofRun = ofRun;
    this.#released = new Promise((resolve, reject) => {
      this.#release = (error) => (error === undefined ? resolve() : reject(error));
    });
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  release(): void {
    this.#letGo();
  }

  /** The task that is held fails: its worker tells the server so. */
  lose(): void {
    this.#letGo(new Error('This task is lost.'));
  }

  #letGo(error?: Error): void {
    this.#reached = undefined;
    this.#released = undefined;
    this.#release(error);
  }
}
