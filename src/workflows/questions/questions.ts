/**
 * Questions: what a run waits for.
 *
 * The tool call that asked a question owns it. Each question ends settled, timed out or withdrawn, and every answer that
 * is not used is refused with a reason.
 *
 * @module
 */
import { patched } from '@temporalio/workflow';
import { AgentError, jsonBytes, LIMITS, type AnyEvent, type PendingInput, type ContextJson } from '../../protocol';
import { ReappliedAnswers } from './reapplied-answers';
import { asEvent, asSent, isAnswer, readAnswer, readEvent } from './incoming';
import { judge, isSameEffect, type Rules } from './judge';
import { meets, takes } from './matching';
import { pendingBytes, pendingInput, type PendingQuestion } from './pending-input';
import { isQuestionId, isSameOperation } from './question-id';
import { unnamedText } from './refusals';
import { SettledQuestions } from './settled-questions';
import type { Asker, Expectation, Incoming, Question, RefusedAnswer, Verdict } from './question';
import type { QuestionState } from './question-state';

export class Questions {
  readonly #open = new Map<string, Question>();
  readonly #settled = new SettledQuestions();
  /** The last ids, to explain refusals. Not carried to the next link. */
  readonly #withdrawn = new Set<string>();
  readonly #early: Incoming[] = [];
  #earlyBytes = 0;
  readonly #reapplied = new ReappliedAnswers();
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
    const [early, earlyBytes, reapplied] = [this.#early, this.#earlyBytes, this.#reapplied];
    return {
      open,
      settled,
      withdrawn,
      early,
      earlyBytes,
      reapplied,
      formerLink: this.#formerLink,
      isOrderLost: this.#isOrderLost,
    };
  }

  get openIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Bytes, as JSON, of the messages kept for later waits. */
  get heldBytes(): number {
    let bytes = this.#earlyBytes;
    for (const { kept } of this.#open.values()) for (const one of kept) bytes += one.bytes;
    return bytes;
  }

  /** A settled answer has not reached its tool yet. */
  get isDelivering(): boolean {
    return this.#delivering > 0;
  }

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
    if (this.#open.size >= LIMITS.openQuestions) throw tooMany(this.#open.size);
    if (bytes > LIMITS.openBytes) throw tooLarge('openBytes');
    this.#admitSize(all);
  }

  /** @throws AgentError `LIMIT_EXCEEDED` when the wait's expectation makes the questions too large. */
  admitWait(question: Question, expectation: Expectation): void {
    if (question.expectation !== undefined) return;
    this.#admitSize([...this.#open.values()].map((one) => (one === question ? { ...question, expectation } : one)));
  }

  /** Earlier releases did not count expectations, so their runs may exceed the limit. */
  #admitSize(questions: readonly PendingQuestion[]): void {
    const bytes = questions.reduce((sum, question) => sum + pendingBytes(question), 0);
    if (bytes > LIMITS.pendingBytes && patched('countersign-pending-bytes')) throw tooLarge('pendingBytes');
  }

  ask(inputId: string, asker: Asker, askedAt: string, event?: AnyEvent): Question {
    const question: Question = { inputId, asker, askedAt, kept: [], ...(event === undefined ? {} : { event }) };
    this.#open.set(inputId, question);
    return question;
  }

  /** A question was asked: judges the reapplied messages meant for the one that it replaces. */
  takeReplaced(asked: string): readonly RefusedAnswer[] {
    const replaced = this.#reapplied.take((inputId) => inputId !== asked && isSameOperation(inputId, asked));
    return [...replaced.flatMap((incoming) => this.#takeReapplied(incoming)), ...this.#takeReady()];
  }

  /** The questions of these reapplied messages are not asked again. */
  dropReapplied(isOver: (inputId: string) => boolean = () => true): readonly RefusedAnswer[] {
    const dropped = this.#reapplied.take(isOver).map((incoming) => {
      const message = `The run was reset, and the question "${incoming.inputId}" was not asked again: this answer, which came with the reset, was dropped.`;
      return { incoming, refusal: { reason: 'not_waiting' as const, message, open: this.openIds } };
    });
    return [...dropped, ...this.#takeReady()];
  }

  /** Judges the reapplied messages that no longer wait for others before them. */
  #takeReady(): readonly RefusedAnswer[] {
    const isReady = (inputId: string): boolean => {
      const question = this.#open.get(inputId);
      if (question !== undefined) return question.expectation !== undefined;
      return this.#settled.get(inputId) !== undefined || this.#withdrawn.has(inputId);
    };
    const refusedAnswers: RefusedAnswer[] = [];
    for (let next = this.#reapplied.next(isReady); next !== undefined; next = this.#reapplied.next(isReady)) {
      refusedAnswers.push(...this.#takeReapplied(next));
    }
    return refusedAnswers;
  }

  #takeReapplied({ isReapplied: _isReapplied, ...incoming }: Incoming): readonly RefusedAnswer[] {
    const verdict = this.take(incoming);
    return verdict.kind === 'refused' ? [{ incoming, refusal: verdict }] : [];
  }

  /** The question that a wait of this tool call takes: one whose fields meet its requirements, else the oldest. */
  unclaimed(callId: string, expectation: Expectation): Question | undefined {
    const mine = [...this.#open.values()].filter((q) => q.asker.callId === callId && q.expectation === undefined);
    return mine.find((q) => meets(q.event ?? {}, expectation.requirements)) ?? mine[0];
  }

  /** Begins a wait, which tries kept answers and events in order. Returns the refused ones. */
  expect(question: Question, expectation: Expectation): readonly RefusedAnswer[] {
    question.expectation = expectation;
    const refusedAnswers: RefusedAnswer[] = [];
    for (const incoming of question.kept.splice(0)) {
      const verdict = this.#rejudge(question, incoming);
      if (verdict.kind === 'settles') this.#settle(question, incoming);
      else if (verdict.kind === 'refused') refusedAnswers.push({ incoming, refusal: verdict });
    }
    // A reapplied answer can settle it as well.
    if (question.answer === undefined) refusedAnswers.push(...this.#takeReady());
    if (question.answer !== undefined) return refusedAnswers;
    const nth = expectation.isNamed === true ? -1 : this.#early.findIndex((event) => takes(expectation, event));
    const [early] = nth < 0 ? [] : this.#early.splice(nth, 1);
    if (early !== undefined) {
      this.#earlyBytes -= early.bytes;
      this.#settle(question, early);
    }
    return refusedAnswers;
  }

  #rejudge({ inputId, expectation }: Question, incoming: Incoming): Verdict {
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
  withdraw(which: (question: Question) => boolean): readonly RefusedAnswer[] {
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

  /** Expectations are left out: a wait that is resumed states them again. */
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

  /** @param write Writes a question to this run's stream. */
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

  /** Whether the former rules would decide otherwise. */
  isJudgedOtherwise(incoming: Incoming): boolean {
    return !isSameEffect(this.judge(incoming), this.judge(incoming, 'former'));
  }

  /** Decides, and applies the decision. */
  take(incoming: Incoming, rules?: Rules): Verdict {
    const verdict = this.judge(incoming, rules);
    if (incoming.isReapplied === true && isAnswer(incoming) && !isQuestionId(incoming.inputId))
      this.#isOrderLost = true;
    if (verdict.kind === 'early') this.#keepEarly(incoming);
    else if (verdict.kind !== 'refused') {
      const question = this.#open.get(verdict.inputId);
      const isBehind = incoming.isReapplied === true && this.#reapplied.isBehind(verdict.inputId);
      if (question === undefined || isBehind) this.#reapplied.keep(incoming);
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

function tooLarge(limit: 'openBytes' | 'pendingBytes'): AgentError {
  const message = `This question is too large to be shown beside those that are open: all of them may have ${Math.floor(LIMITS[limit])} bytes. Ask less at a time, or refer to what is long.`;
  return new AgentError('LIMIT_EXCEEDED', message, { limit });
}

function asJson({ callId, agents, toolName, toolId }: Asker): Asker {
  return {
    callId,
    agents,
    ...(toolName === undefined ? {} : { toolName }),
    ...(toolId === undefined ? {} : { toolId }),
  };
}
