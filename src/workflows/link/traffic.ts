/**
 * Traffic: the messages that a link of a run was sent, which Temporal allows only so many of.
 *
 * One execution takes 10,000 signals, refused ones too, and 2,000 updates that were accepted, and then no more. So a run goes on
 * in a new link before that. Earlier releases did so for signals of ours only; that a run moves for
 * another reason is recorded, because a replay of theirs must not.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { recordedRule } from './recorded-refusal';

export class Traffic {
  /** Of ours, those that were refused too. */
  #signals = 0;
  #allSignals = 0;
  /** Those that were taken: Temporal counts no others. */
  #updates = 0;
  #isHeavy = false;

  get signals(): number {
    return this.#signals;
  }

  /** There were so many times what a link should have, in a way that signals of ours alone do not tell. */
  isHeavy(reprieve: number): boolean {
    return this.#isHeavy && this.#isMuch(reprieve);
  }

  /** Why no more updates are taken in this link, when Temporal would soon leave them unanswered. */
  get updatesProblem(): string | undefined {
    return this.#updates < LIMITS.lastUpdate
      ? undefined
      : `This run has taken ${this.#updates} updates, and Temporal takes 2,000 of one execution; it could not go on in a new one so far. Send this by a signal instead (handler.sendEvent, or the signals HumanResponseEvent and sendMessage).`;
  }

  countSignal(): void {
    this.#signals += 1;
  }

  countUpdate(): void {
    this.#updates += 1;
    this.#weigh();
  }

  /** Of any name: those that nobody handles count too. */
  countAnySignals(more: number): void {
    this.#allSignals += more;
    this.#weigh();
  }

  #isMuch(reprieve: number): boolean {
    return this.#updates >= LIMITS.linkUpdates * reprieve || this.#allSignals >= LIMITS.linkAllSignals * reprieve;
  }

  #weigh(): void {
    if (this.#isHeavy || !this.#isMuch(1)) return;
    this.#isHeavy = recordedRule('countersign-heavy-traffic', () => 'too many messages') !== undefined;
  }
}
