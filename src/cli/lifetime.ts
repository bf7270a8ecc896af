/**
 * Lifetime: closes what a command has opened, however it ends.
 *
 * Last opened, first closed. Ctrl-C, SIGTERM and a closed terminal can end a command at any moment; closing then has a
 * time limit, after which the process exits anyway.
 *
 * @module
 */

const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** How long closing may take after an interruption. Unit: milliseconds. */
const INTERRUPTED_MS = 1500;
/** How long it may take otherwise. Unit: milliseconds. */
const ENDED_MS = 3000;

export class Lifetime {
  readonly #interruption = new AbortController();
  readonly #closers: (() => Promise<void> | void)[] = [];
  #exitCode: number | undefined;

  constructor() {
    for (const [signal, exitCode] of Object.entries(EXIT_CODES)) {
      process.on(signal, () => {
        if (this.#exitCode !== undefined) process.exit(exitCode); // Pressed again: no more patience.
        this.#exitCode = exitCode;
        this.#interruption.abort();
      });
    }
  }

  /** Aborts when somebody wants the command to end. */
  get interrupted(): AbortSignal {
    return this.#interruption.signal;
  }

  /** The exit code of the interruption, if there was one. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Registers something to close. */
  closing(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  /** The result of `work`, or undefined as soon as somebody wants the command to end. */
  async unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    work.catch(() => undefined); // Nobody looks at it after an interruption.
    return await Promise.race([work, whenAborted(this.interrupted)]);
  }

  /** Closes everything it can within the limit. Never throws. */
  async end(): Promise<void> {
    const hurried = whenAborted(this.interrupted).then(() => after(INTERRUPTED_MS));
    await Promise.race([this.#closeAll(), after(ENDED_MS), hurried]);
  }

  async #closeAll(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch {
        // It is being left anyway.
      }
    }
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Resolves when the signal aborts; at once when it has. */
function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
