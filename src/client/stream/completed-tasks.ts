/**
 * Completed tasks: which workflow tasks of a link the server has, by its history.
 *
 * @module
 */
import type { temporal } from '@temporalio/proto';
import { Bell } from './bell';

/** The history event that follows everything the previous task made. */
const WORKFLOW_TASK_SCHEDULED = 5;

export interface CompletedTask {
  /** Its first event. */
  readonly id: number;
  /** It accepted an update. History shows a query that only once the task has completed. */
  readonly hasUpdate: boolean;
}

/** @param events In history order. What a task made follows its completion. */
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
  /** Tasks whose effect a query showed with exactly their history. */
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

  /** Resolves once any is known, or when `signal` aborts. */
  async begin(signal: AbortSignal): Promise<void> {
    await this.has(1, signal);
  }

  /**
   * Whether what a query showed of this task stands. Resolves once the server has the task, has gone on without it, or
   * `signal` aborts.
   */
  async has(id: number, signal: AbortSignal): Promise<boolean> {
    while (id > this.#last && !this.#areAll && !signal.aborted) await this.#bell.next(signal);
    return this.#ids.has(id);
  }
}
