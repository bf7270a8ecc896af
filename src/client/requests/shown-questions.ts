/**
 * Shown questions: the questions that the streams of one handler have shown.
 *
 * An answer without an `inputId` is meant for what was on the screen. It is given the name of the question only where
 * that can be but one; never of one that was not shown.
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
  /** Answered through this handler: a stream that is read again does not open them again. */
  readonly #answered = new Map<string, AnyEvent | undefined>();

  /** Note an event that the reader of the stream is about to get. */
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
      // An agent that asks its model again has no call open, and so no question.
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

  /** An answer to it was sent. */
  answered(inputId: string): void {
    this.#answered.set(inputId, this.#open.get(inputId));
    this.#open.delete(inputId);
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > LIMITS.settledQuestions && oldest !== undefined) this.#answered.delete(oldest);
  }
}
