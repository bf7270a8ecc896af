/**
 * Answers ahead: what a reset gives a run again before the question is asked again.
 *
 * They wait for the question of exactly their id, which names what it asks: another question has another id. Bounded, and
 * never carried to the next link, whose questions have other ids.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import type { Incoming } from './incoming';

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

  /** Takes those that fit, in the order they came. */
  take(fits: (inputId: string) => boolean): readonly Incoming[] {
    const taken = this.#answers.filter(({ inputId = '' }) => fits(inputId));
    for (const answer of taken) {
      this.#answers.splice(this.#answers.indexOf(answer), 1);
      this.#bytes -= answer.bytes;
    }
    return taken;
  }
}
