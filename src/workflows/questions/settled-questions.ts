/**
 * Settled questions: what a run remembers of closed questions, to tell late senders why.
 *
 * Bounded: the oldest are forgotten first. An answer to a forgotten question is `not_waiting`.
 *
 * @module
 */
import {
  canonicalJson,
  defineEvent,
  extendsType,
  HumanResponseEvent,
  LIMITS,
  type SettledQuestionJson,
} from '../../protocol';
import { contentOf } from './incoming';
import { takes } from './matching';
import type { Expectation, Incoming, Question } from './question';

const ANYTHING = defineEvent('Anything', {}).schema;

export interface SettledQuestion {
  readonly inputId: string;
  readonly expectation: Expectation;
  readonly answerId?: string;
  /** The answer's fields in canonical form. Absent: the question timed out. */
  readonly content?: string;
}

export class SettledQuestions {
  readonly #questions = new Map<string, SettledQuestion>();
  /** By message id. Answers and other events have separate ids. */
  readonly #answered = new Map<string, SettledQuestion>();
  #chars = 0;

  remember(question: Question, answer: Incoming | undefined): void {
    const { inputId, expectation } = question;
    if (expectation === undefined) return;
    this.#remember({
      inputId,
      expectation,
      ...(answer === undefined ? {} : { content: contentOf(answer, expectation.definition.type) }),
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

  /** Schemas do not travel, so a repeated answer is recognized by its content. */
  resume(settled: readonly SettledQuestionJson[]): void {
    for (const { type, requirements, ...rest } of settled) {
      const schema = type === HumanResponseEvent.type ? HumanResponseEvent.schema : ANYTHING;
      this.#remember({ ...rest, expectation: { definition: { type, schema }, requirements } });
    }
  }

  #remember(settled: SettledQuestion): void {
    this.#questions.set(settled.inputId, settled);
    if (settled.answerId !== undefined) this.#answered.set(keyOf(settled.answerId, settled.expectation), settled);
    this.#chars += settled.content?.length ?? 0;
    this.#forget();
  }

  get(inputId: string): SettledQuestion | undefined {
    return this.#questions.get(inputId);
  }

  get ids(): Iterable<string> {
    return this.#questions.keys();
  }

  answeredBy(answerId: string, isAnswer: boolean): SettledQuestion | undefined {
    return this.#answered.get(`${isAnswer} ${answerId}`);
  }

  /**
   * The question that would have taken an answer: best one with the same answer, then one with another, then one that
   * timed out.
   */
  wouldHaveTaken(
    incoming: Incoming,
  ): { readonly kind: 'same' | 'other' | 'late'; readonly inputId: string } | undefined {
    const plain = canonicalJson(incoming.fields);
    let late: SettledQuestion | undefined;
    let other: SettledQuestion | undefined;
    for (const settled of [...this.#questions.values()].reverse()) {
      if (!takes(settled.expectation, incoming)) continue;
      const { type } = settled.expectation.definition;
      const content = incoming.type === undefined || incoming.type === type ? plain : contentOf(incoming, type);
      if (settled.content === content) return { kind: 'same', inputId: settled.inputId };
      if (settled.content === undefined) late ??= settled;
      else other ??= settled;
    }
    if (other !== undefined) return { kind: 'other', inputId: other.inputId };
    return late === undefined ? undefined : { kind: 'late', inputId: late.inputId };
  }

  #forget(): void {
    for (const [inputId, { answerId, content, expectation }] of this.#questions) {
      if (this.#questions.size <= LIMITS.settledQuestions && this.#chars <= LIMITS.settledBytes) return;
      this.#questions.delete(inputId);
      this.#chars -= content?.length ?? 0;
      if (answerId !== undefined) this.#answered.delete(keyOf(answerId, expectation));
    }
  }
}

function keyOf(answerId: string, { definition }: Expectation): string {
  return `${extendsType(definition.type, HumanResponseEvent.type)} ${answerId}`;
}
