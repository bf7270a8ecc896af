/**
 * Body: the code of a tool call, where it does not use its context.
 *
 * What a body does through `ctx` is journalled. Math.random, Date and uuid4 are not, yet a re-entered body must get the
 * same: random numbers are kept with the journal, and times follow from it. Effects outside the workflow cannot be
 * kept; they are noted, and such a call stays in its link.
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
  /** What cannot be repeated when the body is entered again, such as "begun a child workflow". */
  outsideEffect: string | undefined;
  /** It used Temporal's own timer: times that it reads afterwards belong to no operation. */
  hasOwnTimer = false;

  /** @param randoms The numbers that it drew before it was entered again. */
  constructor(journal: Journal, randoms: readonly number[] = []) {
    this.journal = journal;
    this.#randoms = [...randoms];
  }

  get randoms(): readonly number[] {
    return this.#randoms;
  }

  /** The time that the body reads. @param now The workflow's time. */
  time(now: number): number {
    if (this.hasOwnTimer) this.outsideEffect ??= 'read the clock after a timer of its own';
    return this.journal.timeTold(now);
  }

  random(draw: () => number): number {
    const nth = this.#drawn;
    this.#drawn += 1;
    const before = this.#randoms[nth];
    if (before !== undefined) return before;
    const drawn = draw();
    if (this.#randoms.length < LIMITS.keptRandoms) this.#randoms.push(drawn);
    else this.outsideEffect ??= `drawn more than ${LIMITS.keptRandoms} random numbers`;
    return drawn;
  }
}

/** Not exported, because what all runs of a worker share is frozen. */
const storage = new AsyncLocalStorage<Body | undefined>();

export function inBody<T>(body: Body, code: () => T): T {
  return storage.run(body, code);
}

/** Our own code, called by a body, uses the workflow's own time and numbers. */
export function outsideBodies<T>(code: () => T): T {
  return storage.run(undefined, code);
}

/** @returns The body whose code is running; `undefined` in our own code and in hand-written workflows. */
export function currentBody(): Body | undefined {
  return storage.getStore();
}
