/**
 * Settling: which events of a page are committed.
 *
 * A query can show the effect of a workflow task that its worker has not completed and may lose. Its events are settled
 * once the history has the task's completion.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { AnyEvent, EventsPage } from '../../protocol';
import { type CompletedTask, CompletedTasks } from './completed-tasks';
import { lastTasks } from './doorbell';
import { type Link, patiently } from './pages';

export interface SplitPage {
  readonly settled: readonly AnyEvent[];
  /** The effect of a task that the history did not have. */
  readonly open?: { readonly task: number; readonly events: readonly AnyEvent[] };
}

/** @param last The last task in the history when the page was requested. */
export function splitPage({ events, unsettled }: EventsPage, last: number): SplitPage {
  if (unsettled === undefined || unsettled.task <= last) return { settled: events };
  const { task, from } = unsettled;
  const isSettled = ({ seq = 0 }: AnyEvent): boolean => seq < from;
  return {
    settled: events.filter(isSettled),
    open: { task, events: events.filter((event) => !isSettled(event)) },
  };
}

export class Settling {
  readonly #tasks = new CompletedTasks();
  readonly #lookBack: () => Promise<readonly CompletedTask[] | undefined>;
  readonly #signal: AbortSignal;
  #hasLookedBack = false;

  constructor(client: Client, link: Link, signal: AbortSignal) {
    this.#lookBack = async () => await patiently(client, signal, () => lastTasks(client, link));
    this.#signal = signal;
  }

  /** The last task in the history. 0: none. */
  get last(): number {
    return this.#tasks.last;
  }

  add(completed: readonly CompletedTask[]): void {
    this.#tasks.add(completed);
  }

  /** The link has ended. */
  close(): void {
    this.#tasks.close();
  }

  /** Whether `task` was completed. Resolves when the history shows it, or the signal aborts. */
  async stands(task: number): Promise<boolean> {
    await this.#tasks.begin(this.#signal);
    // The doorbell reads a long history from its start; its newest events may already answer.
    if (task > this.#tasks.last && !this.#hasLookedBack) {
      this.#hasLookedBack = true;
      this.#tasks.add((await this.#lookBack()) ?? []);
    }
    return await this.#tasks.has(task, this.#signal);
  }
}
