/**
 * Stuck task: whether a link's workflow task keeps failing on its worker.
 *
 * The next try may mend a failed task, so nothing is said before the second failure.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { describe } from '../server/describe';
import { type Link, patiently } from './pages';
import { pause } from '../server/patience';
import { type Failure, failureText } from '../server/task-failure';

/** The second try comes at once, the third after about ten seconds. Unit: milliseconds. */
const LOOK_AFTER_MS = 3000;

export class StuckTask {
  readonly #client: Client;
  readonly #link: Link;
  readonly #changed: () => void;
  readonly #signal: AbortSignal;
  #failed: Failure | undefined;
  #why: string | undefined;

  constructor(client: Client, link: Link, changed: () => void, signal: AbortSignal) {
    this.#client = client;
    this.#link = link;
    this.#changed = changed;
    this.#signal = signal;
  }

  /** Why the run cannot go on, in the worker's words. `undefined` while it can, as far as is known. */
  get why(): string | undefined {
    return this.#why;
  }

  /** A task failed, and nothing follows it in the history. */
  taskFailed(failure: Failure): void {
    this.#failed = failure;
    void this.#look(failure);
  }

  /** A worker cannot replay the run. */
  cannotGoOn(why: string): void {
    if (this.#why === why) return;
    this.#why = why;
    this.#changed();
  }

  /** The run goes on: a task completed, or a worker answered. */
  clear(): void {
    this.#failed = undefined;
    this.#why = undefined;
  }

  async #look(failure: Failure): Promise<void> {
    await pause(LOOK_AFTER_MS, this.#signal);
    if (this.#failed !== failure) return;
    try {
      const { workflowId, runId } = this.#link;
      const link = await patiently(this.#client, this.#signal, () => describe(this.#client, workflowId, runId));
      const why = (link?.attempt ?? 0) > 1 ? await failureText(this.#client, failure) : undefined;
      if (why !== undefined && this.#failed === failure) this.cannotGoOn(why);
    } catch {
      // The link's reader fails with it too, and reports it.
    }
  }
}
