/**
 * Answers ahead: answers that a reset reapplies before their question is asked again.
 *
 * Each waits for the question of exactly its id, which covers what is asked. Within one tool call they are taken in the
 * order they came, however its questions are asked: of two answers that a tool races, the first wins again. Bounded,
 * and never carried to the next link, whose questions have other ids.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { isSameCall } from './question-id';
import type { Incoming } from './question';

export class AnswersAhead {
  readonly #answers: Incoming[] = [];
  #bytes = 0;

  get hasRoom(): boolean {
    return this.#answers.length < LIMITS.earlyEvents && this.#bytes < LIMITS.earlyBytes;
  }

  find(answerId: string): Incoming | undefined {
    return this.#answers.find((answer) => answer.answerId === answerId);
  }

  keep(answer: Incoming): void {
    this.#answers.push(answer);
    this.#bytes += answer.bytes;
  }

  /** Whether another answer to a question of the same tool call waits already. */
  isBehind(inputId: string): boolean {
    return this.#answers.some((answer) => isSameCall(answer.inputId ?? '', inputId));
  }

  /** Takes the first that is ready and behind no other of its tool call. */
  next(isReady: (inputId: string) => boolean): Incoming | undefined {
    const [first] = this.#answers.filter(
      ({ inputId = '' }, nth) =>
        isReady(inputId) && !this.#answers.slice(0, nth).some((before) => isSameCall(before.inputId ?? '', inputId)),
    );
    return first === undefined ? undefined : this.#remove([first])[0];
  }

  /** Takes those that fit, in the order they came. */
  take(fits: (inputId: string) => boolean): readonly Incoming[] {
    return this.#remove(this.#answers.filter(({ inputId = '' }) => fits(inputId)));
  }

  #remove(taken: readonly Incoming[]): readonly Incoming[] {
    for (const answer of taken) {
      this.#answers.splice(this.#answers.indexOf(answer), 1);
      this.#bytes -= answer.bytes;
    }
    return taken;
  }
}
