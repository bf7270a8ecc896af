/**
 * Lifetime: what a command has opened, closed again however it ends.
 *
 * The last opened is closed first. Ctrl-C, SIGTERM and a closed terminal end a command at any moment;
 * closing has a limit then, after which the process goes anyway.
 *
 * @module
 */

const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** How long closing may take once somebody wants the command to end. Unit: milliseconds. */
const INTERRUPTED_MS = 1500;
/** And when it has come to its end by itself. */
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

  /** The exit code that goes with the interruption, once there was one. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Close this when the command ends. */
  closing(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  /** What `work` gives, or undefined as soon as somebody wants the command to end. */
  async unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    work.catch(() => undefined); // Nobody looks at it after an interruption.
    return await Promise.race([work, whenAborted(this.interrupted)]);
  }

  /** Close everything, as far as that is possible in the time there is. Never throws. */
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
