/**
 * Body: the code of a tool call, where it goes past its context.
 *
 * What a body does through `ctx` is in its journal. Math.random, Date and uuid4 are not, and a body that is entered again
 * must be given what it was given before: the numbers are kept with the journal, and the time is told by it. What
 * reaches out of the workflow past `ctx` cannot be kept, so it is noted: such a call is not taken elsewhere.
 *
 * @module
 */
import { AsyncLocalStorage } from '@temporalio/workflow';
import { LIMITS } from '../../protocol';
import type { Journal } from './journal';

export class Body {
  readonly journal: Journal;
  readonly #randoms: number[];
  #drawn = 0;
  /** What cannot be the same where it is entered again: "begun a child workflow". */
  reachedOut: string | undefined;
  /** It has begun a timer with Temporal's own function: the time that it reads after that is no operation's. */
  hasOwnTimer = false;

  /** @param randoms What it drew before, where it is entered again. */
  constructor(journal: Journal, randoms: readonly number[] = []) {
    this.journal = journal;
    this.#randoms = [...randoms];
  }

  get randoms(): readonly number[] {
    return this.#randoms;
  }

  /** The time that it reads. @param now What Temporal says. */
  time(now: number): number {
    if (this.hasOwnTimer) this.reachedOut ??= 'read the clock after a timer of its own';
    return this.journal.timeTold(now);
  }

  random(draw: () => number): number {
    const nth = this.#drawn;
    this.#drawn += 1;
    const before = this.#randoms[nth];
    if (before !== undefined) return before;
    const drawn = draw();
    if (this.#randoms.length < LIMITS.keptRandoms) this.#randoms.push(drawn);
    else this.reachedOut ??= `drawn more than ${LIMITS.keptRandoms} random numbers`;
    return drawn;
  }
}

/** Not exported: what is shared by all runs of a worker is frozen. */
const storage = new AsyncLocalStorage<Body | undefined>();

export function inBody<T>(body: Body, code: () => T): T {
  return storage.run(body, code);
}

/** Code of ours that a body calls has its own time and numbers. */
export function outsideBodies<T>(code: () => T): T {
  return storage.run(undefined, code);
}

/** @returns The body whose code runs now. `undefined` in our own code and in hand-written workflows. */
export function currentBody(): Body | undefined {
  return storage.getStore();
}
