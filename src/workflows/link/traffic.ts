/**
 * Traffic: counts the messages that a link was sent.
 *
 * An execution takes 10,000 signals, refused ones too, and 2,000 accepted updates; a run continues as new before that.
 * Earlier releases counted only our own signals, so a move for any other count is recorded.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { recordedRule } from './recorded-refusal';

export class Traffic {
  /** Ours, refused ones too. */
  #signals = 0;
  #allSignals = 0;
  /** Accepted ones. */
  #updates = 0;
  #isHeavy = false;

  get signals(): number {
    return this.#signals;
  }

  /** Whether the link was sent too much, by counts that earlier releases did not have. */
  isHeavy(reprieve: number): boolean {
    return this.#isHeavy && this.#isMuch(reprieve);
  }

  /** Why this link takes no more updates. Past its limit Temporal would leave them unanswered. */
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

  /** Of any name, unhandled ones too. */
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
