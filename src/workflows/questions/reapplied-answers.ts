/**
 * Reapplied answers: answers that a reset brings before their question is asked again.
 *
 * Each waits for the question with exactly its id. Within one tool call they are taken in the order in which they came:
 * of two answers that a tool races, the same one wins again. Their number is bounded. They never travel to the next
 * link, whose questions have other ids.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { isSameCall } from './question-id';
import type { Incoming } from './question';

export class ReappliedAnswers {
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

  /** Whether an answer to a question of the same tool call already waits. */
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
