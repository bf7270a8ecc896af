/**
 * Questions: what a run waits for.
 *
 * Each is owned by the tool call that asked it, and ends settled, timed out or withdrawn. No message is dropped.
 *
 * @module
 */
import { patched } from '@temporalio/workflow';
import {
  AgentError,
  jsonBytes,
  LIMITS,
  type AnyEvent,
  type PendingInput,
  type Refusal,
  type ContextJson,
} from '../../protocol';
import { AnswersAhead } from './ahead';
import { asEvent, asSent, isAnswer, readAnswer, readEvent } from './incoming';
import { judge, sameEffect, type Rules } from './judge';
import { meets, takes } from './matching';
import { pendingBytes, pendingInput, type PendingQuestion } from './pending-input';
import { isQuestionId, isSamePlace } from './question-id';
import { unnamedText } from './refusals';
import { SettledQuestions } from './settled-questions';
import type { Asker, Expectation, Incoming, Question, Verdict } from './question';
import type { QuestionState } from './question-state';

/** A kept answer that was not taken, and why. */
export interface GivenBack {
  readonly incoming: Incoming;
  readonly refusal: Refusal;
}

export class Questions {
  readonly #open = new Map<string, Question>();
  readonly #settled = new SettledQuestions();
  /** Recent ids, only to tell a sender why. Not carried on. */
  readonly #withdrawn = new Set<string>();
  readonly #early: Incoming[] = [];
  #earlyBytes = 0;
  readonly #ahead = new AnswersAhead();
  #isOrderLost = false;
  #delivering = 0;
  readonly #formerLink: string | undefined;
  readonly #onUnnamed: (question: Question, answer: Incoming) => void;

  /**
   * @param formerLink The link whose questions may be named without a digest, as earlier releases did.
   * @param onUnnamed Called when an answer without an id settled a question.
   */
  constructor(formerLink?: string, onUnnamed: (question: Question, answer: Incoming) => void = () => undefined) {
    this.#formerLink = formerLink;
    this.#onUnnamed = onUnnamed;
  }

  get #state(): QuestionState {
    const [open, settled, withdrawn] = [this.#open, this.#settled, this.#withdrawn];
    const [early, earlyBytes, ahead] = [this.#early, this.#earlyBytes, this.#ahead];
    return {
      open,
      settled,
      withdrawn,
      early,
      earlyBytes,
      ahead,
      formerLink: this.#formerLink,
      isOrderLost: this.#isOrderLost,
    };
  }

  get openIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Bytes, as JSON, of messages kept for waits to come. */
  get heldBytes(): number {
    let bytes = this.#earlyBytes;
    for (const { kept } of this.#open.values()) for (const one of kept) bytes += one.bytes;
    return bytes;
  }

  /** An answer was taken that its wait has not received yet. */
  get isDelivering(): boolean {
    return this.#delivering > 0;
  }

  /** A wait has received its answer. */
  delivered(): void {
    this.#delivering -= 1;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @throws AgentError `LIMIT_EXCEEDED` when one query result could no longer hold all questions. */
  admit(asked: PendingQuestion): void {
    const all = [...this.#open.values(), asked];
    const bytes = all.reduce((sum, { event }) => sum + jsonBytes(event ?? {}), 0);
    if (this.#open.size >= LIMITS.openQuestions || bytes > LIMITS.openBytes) throw tooMany(this.#open.size);
    this.#admitSize(all);
  }

  /** Adds to a question what its wait expects. @throws AgentError `LIMIT_EXCEEDED`. */
  admitWait(question: Question, expectation: Expectation): void {
    if (question.expectation !== undefined) return;
    this.#admitSize([...this.#open.values()].map((one) => (one === question ? { ...question, expectation } : one)));
  }

  /** Earlier code did not count what a wait adds, so its runs may exceed the limit. */
  #admitSize(questions: readonly PendingQuestion[]): void {
    const bytes = questions.reduce((sum, question) => sum + pendingBytes(question), 0);
    if (bytes > LIMITS.pendingBytes && patched('countersign-pending-bytes')) throw tooMany(this.#open.size);
  }

  ask(inputId: string, asker: Asker, askedAt: string, event?: AnyEvent): Question {
    const question: Question = { inputId, asker, askedAt, kept: [], ...(event === undefined ? {} : { event }) };
    this.#open.set(inputId, question);
    return question;
  }

  /** A question was asked: returns reapplied messages meant for another one in its place. */
  replaceAhead(asked: string): readonly GivenBack[] {
    const replaced = this.#ahead.take((inputId) => inputId !== asked && isSamePlace(inputId, asked));
    return [...replaced.flatMap((incoming) => this.#takeAhead(incoming)), ...this.#takeReady()];
  }

  /** Gives up reapplied messages whose questions are not asked again. */
  dropAhead(isOver: (inputId: string) => boolean = () => true): readonly GivenBack[] {
    const dropped = this.#ahead.take(isOver).map((incoming) => {
      const message = `The run was reset, and the question "${incoming.inputId}" was not asked again: this answer, which came with the reset, was dropped.`;
      return { incoming, refusal: { reason: 'not_waiting' as const, message, open: this.openIds } };
    });
    return [...dropped, ...this.#takeReady()];
  }

  /** Takes reapplied messages that are no longer behind another. */
  #takeReady(): readonly GivenBack[] {
    const isReady = (inputId: string): boolean => {
      const question = this.#open.get(inputId);
      if (question !== undefined) return question.expectation !== undefined;
      return this.#settled.get(inputId) !== undefined || this.#withdrawn.has(inputId);
    };
    const givenBack: GivenBack[] = [];
    for (let next = this.#ahead.next(isReady); next !== undefined; next = this.#ahead.next(isReady)) {
      givenBack.push(...this.#takeAhead(next));
    }
    return givenBack;
  }

  #takeAhead({ isReapplied: _isReapplied, ...incoming }: Incoming): readonly GivenBack[] {
    const verdict = this.take(incoming);
    return verdict.kind === 'refused' ? [{ incoming, refusal: verdict }] : [];
  }

  /** The question that a wait of this tool call takes: one whose fields meet its requirements, else the oldest. */
  unclaimed(callId: string, expectation: Expectation): Question | undefined {
    const mine = [...this.#open.values()].filter((q) => q.asker.callId === callId && q.expectation === undefined);
    return mine.find((q) => meets(q.event ?? {}, expectation.requirements)) ?? mine[0];
  }

  /** Begins a wait. Tries kept answers and events in order and returns those not taken. */
  expect(question: Question, expectation: Expectation): readonly GivenBack[] {
    question.expectation = expectation;
    const givenBack: GivenBack[] = [];
    for (const incoming of question.kept.splice(0)) {
      const verdict = this.#judgeKept(question, incoming);
      if (verdict.kind === 'settles') this.#settle(question, incoming);
      else if (verdict.kind === 'refused') givenBack.push({ incoming, refusal: verdict });
    }
    if (question.answer === undefined) givenBack.push(...this.#takeReady());
    if (question.answer !== undefined) return givenBack;
    const nth = expectation.isNamed === true ? -1 : this.#early.findIndex((event) => takes(expectation, event));
    const [early] = nth < 0 ? [] : this.#early.splice(nth, 1);
    if (early !== undefined) {
      this.#earlyBytes -= early.bytes;
      this.#settle(question, early);
    }
    return givenBack;
  }

  #judgeKept({ inputId, expectation }: Question, incoming: Incoming): Verdict {
    if (incoming.inputId === undefined && expectation?.isNamed === true) {
      return { kind: 'refused', reason: 'not_waiting', message: unnamedText(inputId), open: this.openIds };
    }
    const { lost: _taken, ...kept } = incoming;
    return this.judge({ ...kept, inputId });
  }

  find(inputId: string): Question | undefined {
    return this.#open.get(inputId);
  }

  timeOut(question: Question): void {
    this.#open.delete(question.inputId);
    this.#settled.remember(question, undefined);
  }

  /** Ends questions without an answer. Returns their kept answers. */
  withdraw(which: (question: Question) => boolean): readonly GivenBack[] {
    const withdrawn = [...this.#open.values()].filter(which);
    for (const { inputId } of withdrawn) {
      this.#open.delete(inputId);
      this.#withdrawn.add(inputId);
    }
    for (const inputId of this.#withdrawn) {
      if (this.#withdrawn.size <= LIMITS.settledQuestions) break;
      this.#withdrawn.delete(inputId);
    }
    return withdrawn.flatMap(({ inputId, kept }) =>
      kept.splice(0).map((incoming) => {
        const message = `The question "${inputId}" was given up before anything waited for its answer.`;
        return { incoming, refusal: { reason: 'not_waiting' as const, message, open: this.openIds } };
      }),
    );
  }

  /** The open questions as data. A wait states its expectations again by itself. */
  toJson(): Pick<ContextJson, 'questions' | 'settled' | 'early'> {
    const questions = [...this.#open.values()].map(({ inputId, askedAt, event, asker, kept }) => ({
      inputId,
      askedAt,
      asker: asJson(asker),
      ...(event === undefined ? {} : { event }),
      ...(kept.length === 0 ? {} : { kept: kept.map(asSent) }),
    }));
    const settled = this.#settled.toJson();
    return {
      ...(questions.length === 0 ? {} : { questions }),
      ...(settled.length === 0 ? {} : { settled }),
      ...(this.#early.length === 0 ? {} : { early: this.#early.map(asSent) }),
    };
  }

  /** Resumes from a context. @param write Writes a question to this run's stream. */
  resume(
    { questions = [], settled = [], early = [] }: Pick<ContextJson, 'questions' | 'settled' | 'early'>,
    write: (event: AnyEvent) => AnyEvent,
  ): void {
    for (const { inputId, askedAt, event, asker, kept = [] } of questions) {
      const question = this.ask(inputId, asker, askedAt, event === undefined ? undefined : write(event));
      question.kept.push(...kept.map((one) => ('type' in one ? readEvent : readAnswer)(one)));
    }
    this.#settled.resume(settled);
    for (const incoming of early.map(readEvent)) this.#keepEarly(incoming);
  }

  #keepEarly(incoming: Incoming): void {
    this.#early.push(incoming);
    this.#earlyBytes += incoming.bytes;
  }

  pending(): readonly PendingInput[] {
    return [...this.#open.values()].map(pendingInput);
  }

  /** Decides what an incoming event does. Changes nothing. */
  judge(incoming: Incoming, rules?: Rules): Verdict {
    return judge(this.#state, incoming, rules);
  }

  /** Whether earlier code may have decided otherwise. */
  isJudgedAnew(incoming: Incoming): boolean {
    return !sameEffect(this.judge(incoming), this.judge(incoming, 'former'));
  }

  /** Decides, and applies the decision. */
  take(incoming: Incoming, rules?: Rules): Verdict {
    const verdict = this.judge(incoming, rules);
    if (incoming.isReapplied === true && isAnswer(incoming) && !isQuestionId(incoming.inputId))
      this.#isOrderLost = true;
    if (verdict.kind === 'early') this.#keepEarly(incoming);
    else if (verdict.kind !== 'refused') {
      const question = this.#open.get(verdict.inputId);
      const isBehind = incoming.isReapplied === true && this.#ahead.isBehind(verdict.inputId);
      if (question === undefined || isBehind) this.#ahead.keep(incoming);
      else if (verdict.kind === 'kept') question.kept.push(incoming);
      else this.#settle(question, incoming);
    }
    return verdict;
  }

  #settle(question: Question, incoming: Incoming): void {
    const { inputId, expectation } = question as Question & { expectation: Expectation };
    question.answer = asEvent(incoming, expectation.definition.type, inputId);
    this.#delivering += 1;
    this.#open.delete(inputId);
    this.#settled.remember(question, incoming);
    if (incoming.inputId === undefined && isAnswer(incoming)) this.#onUnnamed(question, incoming);
  }
}

function tooMany(open: number): AgentError {
  const message = `${open} questions are open, and no more can be shown at a time: wait for answers before asking more.`;
  return new AgentError('LIMIT_EXCEEDED', message, { limit: 'openQuestions' });
}

function asJson({ callId, agents, toolName, toolId }: Asker): Asker {
  return {
    callId,
    agents,
    ...(toolName === undefined ? {} : { toolName }),
    ...(toolId === undefined ? {} : { toolId }),
  };
}
