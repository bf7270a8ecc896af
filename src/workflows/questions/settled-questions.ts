/**
 * Settled questions: what a run remembers of questions that are no longer open.
 *
 * Only to tell a sender why an answer came too late. Bounded in number and bytes: the oldest are
 * forgotten first, and an answer to a forgotten one is `not_waiting`.
 *
 * @module
 */
import type { SettledQuestionJson } from '../../agent';
import { canonicalJson, defineEvent, HumanResponseEvent, LIMITS } from '../../protocol';
import type { Incoming } from './incoming';
import { takes, type Expectation } from './matching';
import type { Question } from './judge';

const ANYTHING = defineEvent('Anything', {}).schema;

export interface SettledQuestion {
  readonly inputId: string;
  readonly expectation: Expectation;
  readonly answerId?: string;
  /** The answer's fields, canonical. None: the question timed out. */
  readonly content?: string;
}

export class SettledQuestions {
  readonly #questions = new Map<string, SettledQuestion>();
  readonly #answerIds = new Set<string>();
  #chars = 0;

  remember(question: Question, answer: Incoming | undefined): void {
    const { inputId, expectation } = question;
    if (expectation === undefined) return;
    this.#remember({
      inputId,
      expectation,
      ...(answer === undefined ? {} : { content: canonicalJson(answer.fields) }),
      ...(answer?.answerId === undefined ? {} : { answerId: answer.answerId }),
    });
  }

  toJson(): readonly SettledQuestionJson[] {
    return [...this.#questions.values()].map(({ expectation: { definition, requirements }, ...settled }) => ({
      ...settled,
      type: definition.type,
      requirements,
    }));
  }

  /** Go on from a context. Schemas do not travel: an answer is known again by its content. */
  resume(settled: readonly SettledQuestionJson[]): void {
    for (const { type, requirements, ...rest } of settled) {
      const schema = type === HumanResponseEvent.type ? HumanResponseEvent.schema : ANYTHING;
      this.#remember({ ...rest, expectation: { definition: { type, schema }, requirements } });
    }
  }

  #remember(settled: SettledQuestion): void {
    this.#questions.set(settled.inputId, settled);
    if (settled.answerId !== undefined) this.#answerIds.add(settled.answerId);
    this.#chars += settled.content?.length ?? 0;
    this.#forget();
  }

  get(inputId: string): SettledQuestion | undefined {
    return this.#questions.get(inputId);
  }

  get ids(): Iterable<string> {
    return this.#questions.keys();
  }

  hasAnswer(answerId: string): boolean {
    return this.#answerIds.has(answerId);
  }

  /** The question that would have taken an answer: one answered the same first, then one answered otherwise, then a late one. */
  wouldHaveTaken(
    incoming: Incoming,
    content: string,
  ): { readonly kind: 'same' | 'other' | 'late'; readonly inputId: string } | undefined {
    let late: SettledQuestion | undefined;
    let other: SettledQuestion | undefined;
    for (const settled of [...this.#questions.values()].reverse()) {
      if (!takes(settled.expectation, incoming)) continue;
      if (settled.content === content) return { kind: 'same', inputId: settled.inputId };
      if (settled.content === undefined) late ??= settled;
      else other ??= settled;
    }
    if (other !== undefined) return { kind: 'other', inputId: other.inputId };
    return late === undefined ? undefined : { kind: 'late', inputId: late.inputId };
  }

  #forget(): void {
    for (const [inputId, { answerId, content }] of this.#questions) {
      if (this.#questions.size <= LIMITS.settledQuestions && this.#chars <= LIMITS.settledBytes) return;
      this.#questions.delete(inputId);
      this.#chars -= content?.length ?? 0;
      if (answerId !== undefined) this.#answerIds.delete(answerId);
    }
  }
}
