/**
 * Body: the code of a tool call, where it does not use its context.
 *
 * A re-entered body must draw the same random numbers and read the same times. The numbers are kept beside the journal,
 * and the times follow from its outcomes. Outside effects cannot be kept, so a call that has any stays in its link.
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
  /** What cannot be repeated, such as "begun a child workflow". */
  outsideEffect: string | undefined;
  /** It used Temporal's own timer, so times that it reads later follow from no operation. */
  hasOwnTimer = false;

  /** @param randoms The numbers that it drew before it was entered again. */
  constructor(journal: Journal, randoms: readonly number[] = []) {
    this.journal = journal;
    this.#randoms = [...randoms];
  }

  get randoms(): readonly number[] {
    return this.#randoms;
  }

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

/** Not exported: the exports of modules that all runs of a worker share are frozen. */
const storage = new AsyncLocalStorage<Body | undefined>();

export function inBody<T>(body: Body, code: () => T): T {
  return storage.run(body, code);
}

/** For our own code that a body calls. */
export function outsideBodies<T>(code: () => T): T {
  return storage.run(undefined, code);
}

/** @returns `undefined` in our own code and in hand-written workflows. */
export function currentBody(): Body | undefined {
  return storage.getStore();
}
