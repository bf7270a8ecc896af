/**
 * Shown questions: the questions that this handler's streams have shown.
 *
 * An answer without an `inputId` is meant for what was on the screen. It gets a question's id only if there is exactly
 * one candidate, and never that of a question that was not shown.
 *
 * @module
 */
import {
  AgentInput,
  AnswerRefused,
  type AnyEvent,
  InputRequiredEvent,
  LIMITS,
  RESERVED_FIELDS,
  RunReset,
  sameJson,
  StopEvent,
  TurnEnded,
} from '../../protocol';

export class ShownQuestions {
  readonly #open = new Map<string, AnyEvent>();
  /** Answered through this handler, so that reading the stream again does not reopen them. */
  readonly #answered = new Map<string, AnyEvent | undefined>();

  /** Notes an event just before the stream's reader receives it. */
  see(event: AnyEvent): void {
    const { inputId } = event;
    if (InputRequiredEvent.is(event)) {
      if (inputId !== undefined && !this.#answered.has(inputId)) this.#open.set(inputId, event);
    } else if (AnswerRefused.is(event)) {
      const question = inputId === undefined ? undefined : this.#answered.get(inputId);
      if (inputId === undefined || question === undefined || !event.open.includes(inputId)) return;
      this.#answered.delete(inputId);
      this.#open.set(inputId, question);
    } else if (AgentInput.is(event)) {
      // An agent that asks its model again has no open call, so no question.
      const { thread } = event;
      for (const id of this.#open.keys())
        if (thread === undefined || id.startsWith(`${thread}.`)) this.#open.delete(id);
    } else if (RunReset.is(event)) {
      this.#open.clear();
      this.#answered.clear();
    } else if (TurnEnded.is(event) || StopEvent.is(event)) this.#open.clear();
  }

  /** The only question that an answer can be meant for. */
  meantBy(answer: AnyEvent): string | undefined {
    const reserved: readonly string[] = RESERVED_FIELDS;
    const fields = Object.entries(answer).filter(([name]) => !reserved.includes(name));
    const fits = (question: AnyEvent): boolean =>
      fields.every(([name, value]) => !Object.hasOwn(question, name) || sameJson(question[name], value));
    const [only, another] = [...this.#open].filter(([, question]) => fits(question));
    return another === undefined ? only?.[0] : undefined;
  }

  /** Notes that an answer to it was sent. */
  answered(inputId: string): void {
    this.#answered.set(inputId, this.#open.get(inputId));
    this.#open.delete(inputId);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > LIMITS.settledQuestions && oldest !== undefined) this.#answered.delete(oldest);
  }
}
