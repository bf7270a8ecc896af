/**
 * Completed tasks: which of a link's workflow tasks the server has, as its history says.
 *
 * @module
 */
import type { temporal } from '@temporalio/proto';
import { Bell } from './bell';

/** Temporal's number of the history event with which what the task before has made is over. */
const WORKFLOW_TASK_SCHEDULED = 5;

export interface CompletedTask {
  /** The event that it began with. */
  readonly id: number;
  /** An update was taken in it. The history tells a query of that only when the task has ended. */
  readonly hasUpdate: boolean;
}

/** @param events In the order of the history. What a task made comes with its end. */
export function completedIn(events: readonly temporal.api.history.v1.IHistoryEvent[]): readonly CompletedTask[] {
  return events.flatMap(({ workflowTaskCompletedEventAttributes: completed }, nth) => {
    if (completed == null) return [];
    const after = events.slice(nth + 1);
    const end = after.findIndex(({ eventType }) => eventType === WORKFLOW_TASK_SCHEDULED);
    const made = end < 0 ? after : after.slice(0, end);
    const hasUpdate = made.some(({ workflowExecutionUpdateAcceptedEventAttributes: update }) => update != null);
    return { id: Number(completed.startedEventId), hasUpdate };
  });
}

export class CompletedTasks {
  /** Those that made what a query was shown which had their history and nothing else. */
  readonly #ids = new Set<number>();
  readonly #bell = new Bell();
  #last = 0;
  #areAll = false;

  /** The last one. 0: none. */
  get last(): number {
    return this.#last;
  }

  add(tasks: readonly CompletedTask[]): void {
    for (const { id, hasUpdate } of tasks) {
      if (!hasUpdate) this.#ids.add(id);
      this.#last = Math.max(this.#last, id);
    }
    this.#bell.ring();
  }

  /** The link has ended. */
  close(): void {
    this.#areAll = true;
    this.#bell.ring();
  }

  /** Resolves as soon as any is known, or when `signal` aborts. */
  async begin(signal: AbortSignal): Promise<void> {
    await this.has(1, signal);
  }

  /**
   * Whether what a query was shown of this one stands. Resolves as soon as the server has it, or has gone on without it, or
   * when `signal` aborts.
   */
  async has(id: number, signal: AbortSignal): Promise<boolean> {
    while (id > this.#last && !this.#areAll && !signal.aborted) await this.#bell.next(signal);
    return this.#ids.has(id);
  }
}
