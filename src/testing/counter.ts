/**
 * Counter: a count to wait for, so that a test waits for events and never for time.
 *
 * @module
 */

export interface Counter {
  readonly count: number;
  add(): void;
  /** Resolves once `count` is at least `target`; at once when it already is. Rejects when closed before. */
  reached(target: number): Promise<void>;
  close(): void;
}

interface Waiter {
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** @param what Plural noun for the error message. */
export function counter(what: string): Counter {
  const waiters = new Set<Waiter>();
  let count = 0;
  let isClosed = false;
  const tooLate = (target: number) =>
    new Error(`The scripted model was closed after ${count} of ${target} ${what}. Close it after the wait.`);

  return {
    get count() {
      return count;
    },
    add() {
      count += 1;
      for (const waiter of waiters) {
        if (count < waiter.target) continue;
        waiters.delete(waiter);
        waiter.resolve();
      }
    },
    reached(target) {
      const promise = new Promise<void>((resolve, reject) => {
        if (count >= target) resolve();
        else if (isClosed) reject(tooLate(target));
        else waiters.add({ target, resolve, reject });
      });
      // An abandoned wait must not end the process when the model closes.
      promise.catch(() => undefined);
      return promise;
    },
    close() {
      isClosed = true;
      for (const waiter of waiters) waiter.reject(tooLate(waiter.target));
      waiters.clear();
    },
  };
}
