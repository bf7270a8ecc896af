/**
 * Bell: tells whoever waits that something may have changed.
 *
 * It says nothing of what has: whoever is woken looks again.
 *
 * @module
 */
export class Bell {
  readonly #waiting = new Set<() => void>();

  /** Whether anybody waits. */
  get isAwaited(): boolean {
    return this.#waiting.size > 0;
  }

  ring(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves with the next ring, or when `signal` aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    // A race against a promise that lives as long as the watcher would leave something behind at every ring.
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
