/**
 * Completed tasks: which of a link's workflow tasks the server has.
 *
 * @module
 */
import { Bell } from './bell';

export class CompletedTasks {
  readonly #ids = new Set<number>();
  readonly #bell = new Bell();
  #last = 0;
  #areAll = false;

  /** The last one. 0: none. */
  get last(): number {
    return this.#last;
  }

  /** @param ids Of their `WorkflowTaskStarted`, in order. */
  add(ids: readonly number[]): void {
    for (const id of ids) this.#ids.add(id);
    this.#last = ids.at(-1) ?? this.#last;
    this.#bell.ring();
  }

  /** The link has ended. */
  close(): void {
    this.#areAll = true;
    this.#bell.ring();
  }

  /** Resolves as soon as the server has this one, or has gone on without it, or when `signal` aborts. */
  async has(id: number, signal: AbortSignal): Promise<boolean> {
    while (id > this.#last && !this.#areAll && !signal.aborted) await this.#bell.next(signal);
    return this.#ids.has(id);
  }
}
