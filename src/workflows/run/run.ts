/**
 * Run: the state that all code of a run shares: stream, questions, store and card.
 *
 * Rebuilt by replay. Events, questions and the card change together here, so no reader sees one without the other.
 * Agents, mailbox and moves belong to the session.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow';
import type { AnyEvent, JsonObject, Refusal, RunStatus } from '../../protocol';
import { isGuarded } from '../link/guarded';
import { formerLink } from '../link/link-id';
import { codeMismatch } from '../link/code-mismatch';
import { isTooLong } from '../link/too-long';
import { Traffic } from '../link/traffic';
import { refusedEvent, unnamedEvent } from '../questions/answer-events';
import { questionId } from '../questions/question-id';
import type { Asked, Asker, Expectation, Incoming, Question, RefusedAnswer, Verdict } from '../questions/question';
import { Questions } from '../questions/questions';
import { ActivitySlots } from './activity-slots';
import { EventLog } from './event-log';
import type { NestedWork } from './nested-work';
import { RunCard } from './run-card';
import { RunStore } from './run-store';
import { TokenCount } from './token-count';

export interface RunOptions {
  readonly isHandWritten: boolean;
  readonly initialState?: JsonObject;
  /** From the previous link. Absent: the run begins here. */
  readonly before?: { readonly link?: string; readonly events: number };
}

export class Run {
  readonly log: EventLog;
  readonly questions = new Questions(formerLink(), (question, answer) =>
    this.log.append(unnamedEvent(question, answer)),
  );
  readonly store: RunStore;
  readonly tokens = new TokenCount();
  readonly activities = new ActivitySlots();
  /** The messages that this link was sent. */
  readonly traffic = new Traffic();
  /** Agents that tools are running, by operation id. */
  readonly nested = new Map<string, NestedWork>();
  readonly isHandWritten: boolean;
  readonly isLaterLink: boolean;
  /** Whether watchers may see a reply before it is complete. Chosen at the start. */
  liveTokens = true;
  /** Set by the guard: more jobs follow in this activation, so a question may still be asked. */
  hasJobsToCome = isGuarded();
  /** Set by the guard: a reset reapplied the current message. */
  isReapplying = false;
  /** Set by the session: starts moving the run, even with calls open. Called at most once. Absent: it cannot move. */
  onTooLong: (() => void) | undefined;
  /** Set by the session: ends the run, or its workflow task, with the error. */
  onStop: ((error: Error) => void) | undefined;
  /** What the run was started with. Frozen, and never sent to the model. */
  data: JsonObject = {};
  readonly #card = new RunCard();
  #end: RunStatus['state'] | undefined;

  constructor({ isHandWritten, initialState, before }: RunOptions) {
    this.isHandWritten = isHandWritten;
    this.isLaterLink = before !== undefined;
    this.store = new RunStore(initialState);
    // Not Temporal's continuedFromExecutionRunId, which may be a failed attempt of this link.
    this.log = new EventLog(workflowInfo().runId, () => Date.now(), {
      first: before?.events ?? 0,
      ...(before?.link === undefined ? {} : { previous: before.link }),
    });
  }

  get state(): RunStatus['state'] {
    return this.#end ?? (this.questions.size > 0 ? 'waiting' : this.#card.isResting ? 'resting' : 'working');
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Call it when this worker's code does not match the run's history.
   *
   * @returns The error that ends the run or its workflow task.
   */
  stop(problem: string): Error {
    const error = codeMismatch(problem, this.isLaterLink);
    this.onStop?.(error);
    return error;
  }

  /** Call it wherever history grows. */
  checkLength(): void {
    if (this.onTooLong === undefined || !isTooLong(this, 1)) return;
    const move = this.onTooLong;
    this.onTooLong = undefined;
    move();
  }

  markWorking(agents: readonly string[], step: number): void {
    this.checkLength();
    this.#card.work(agents, step);
    this.refreshCard();
  }

  /** A conversation waits for the next message. */
  markResting(): void {
    this.#card.rest();
    this.refreshCard();
  }

  /** @param operationId The asking operation, part of the question's `inputId`. */
  ask(operationId: string, asker: Asker, asked: Asked): Question {
    const inputId = questionId(operationId, asker, asked);
    const askedAt = new Date(Date.now()).toISOString();
    this.questions.admit({ inputId, asker, askedAt, ...asked });
    const event = asked.event === undefined ? undefined : this.log.append({ ...asked.event, inputId });
    const question = this.questions.ask(inputId, asker, askedAt, event);
    this.#refuse(this.questions.takeReplaced(inputId));
    this.refreshCard();
    return question;
  }

  /** Call it when the link ends: questions of the next one have other ids. */
  dropReapplied(): void {
    this.#refuse(this.questions.dropReapplied());
  }

  expect(question: Question, expectation: Expectation): void {
    this.#refuse(this.questions.expect(question, expectation));
    this.refreshCard();
  }

  timeOut(question: Question): void {
    this.questions.timeOut(question);
    this.refreshCard();
  }

  withdraw(question: Question): void {
    this.#withdraw((open) => open === question);
    this.refreshCard();
  }

  /** A tool call, or one of its operations, has ended: ends all work and questions below it. */
  endCall(id: string): void {
    const isUnder = (other: string): boolean => other === id || other.startsWith(`${id}.`);
    for (const [operationId, work] of this.nested) if (isUnder(operationId)) work.end();
    this.#withdraw(({ asker }) => isUnder(asker.callId));
    this.#refuse(this.questions.dropReapplied(isUnder));
    this.refreshCard();
  }

  judged({ kind }: Verdict): void {
    if (kind !== 'refused') this.#card.forgetRefusal();
    this.refreshCard();
  }

  end(state: NonNullable<RunStatus['state']>, event: AnyEvent): void {
    this.#end = state;
    this.#withdraw(() => true);
    this.dropReapplied();
    this.log.close(event);
    this.#card.end(event);
  }

  #withdraw(which: (question: Question) => boolean): void {
    this.#refuse(this.questions.withdraw(which));
  }

  #refuse(refusedAnswers: readonly RefusedAnswer[]): void {
    for (const { incoming, refusal } of refusedAnswers) this.refused(incoming, refusal);
  }

  refreshCard(): void {
    if (!this.hasEnded) this.#card.refresh(this.questions);
  }

  refused(incoming: Incoming, refusal: Refusal): void {
    this.#card.refuse(refusal.message);
    this.log.append(refusedEvent(incoming, refusal));
  }
}
