/**
 * Run: the state of one run, and the only place that changes it.
 *
 * Held by the workflow function, rebuilt by replay. Events, questions and the card change together here, so that a reader
 * never sees one without the other.
 *
 * @module
 */
import { ApplicationFailure, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { AgentWorkflowDefinition, CarriedJson, ContextJson, TranscriptPage } from '../../agent';
import { AgentError, readable, UserMessage, type AnyEvent, type Refusal, type RunStatus } from '../../protocol';
import { ActivitySlots } from './activity-slots';
import { isTooLong } from '../link/too-long';
import { secondLook } from '../link/second-look';
import { Traffic } from '../link/traffic';
import { EventLog } from './event-log';
import { formerLink } from '../link/link-id';
import { recordedHeldRefusal, recordedMessageProblem } from '../session/held-messages';
import { misfit } from '../link/misfit';
import { refusedEvent, unnamedEvent } from '../questions/answer-events';
import { isAnswer } from '../questions/incoming';
import { isGuarded } from './opened';
import type { ConversationState } from '../session/conversation';
import type { ReachedOut } from '../loop/open-turn';
import { Mailbox, readMessage } from '../session/mailbox';
import type { TimeLimit } from '../loop/time-limit';
import { Thread, type RunTurn } from '../loop/thread';
import { questionId } from '../questions/question-id';
import { type GivenBack, Questions } from '../questions/questions';
import { recordedRules } from '../questions/recorded-rules';
import { RunCard } from './run-card';
import { RunStore } from './run-store';
import { TokenCount } from './token-count';
import type { Asked, Asker, Expectation, Incoming, Question, Verdict } from '../questions/question';

export class Run {
  /** A stream of its own, or the one of the link before, gone on with. */
  readonly log: EventLog;
  readonly questions = new Questions(formerLink(), (question, answer) =>
    this.log.append(unnamedEvent(question, answer)),
  );
  readonly store: RunStore;
  readonly mailbox = new Mailbox();
  /** The run's own agents at work. None: a hand-written workflow. */
  readonly main: Thread | undefined;
  /** Agents that tools run now, by the operation that runs them. */
  readonly threads = new Map<string, Thread>();
  /** Whether others may see what a model says before its reply is there. Chosen when the run is started. */
  liveTokens = true;
  readonly #card = new RunCard();
  #cameFirst: Incoming[] | undefined;
  /** Answers and events that came by signal and were judged. */
  #received = 0;
  #end: RunStatus['state'] | undefined;

  /** The agent loop: for an agent that a tool runs, which is the loop inside of itself. */
  readonly runTurn: RunTurn;

  /** It goes on in a later link of its chain. */
  readonly isLaterLink: boolean;
  /** It went on to be served by the newest worker and is not: moving again would not mend that. */
  readonly couldNotUpgrade: boolean;
  /** It holds more than can be carried: it goes on in this link while it can. */
  isTooLargeToMove = false;
  /** If it is one. */
  conversation: ConversationState | undefined;
  /** Begins to move the run, open calls or not. Called once. None: it cannot be moved. */
  onTooLong: (() => void) | undefined;
  /** Ends the run, or its workflow task, with what is thrown. */
  onStop: ((error: Error) => void) | undefined;
  /** How long it may take. */
  limit: TimeLimit | undefined;
  /** More came with what is judged now, whose effects are still to come: a question may be asked that is not yet. */
  hasNewsToCome = isGuarded();
  /** What comes now came with a reset: Temporal may have sent it again, from before. */
  isReapplying = false;
  readonly tokens = new TokenCount();
  /** It must move and cannot: it takes nothing more that it would have to keep. */
  isStuck = false;
  /** What this link was sent. */
  readonly traffic = new Traffic();
  readonly activities = new ActivitySlots();

  /**
   * @param definition None: a hand-written workflow.
   * @param carried What the link before handed on; none: the run begins.
   */
  constructor(runTurn: RunTurn, definition?: AgentWorkflowDefinition, carried?: CarriedJson) {
    this.runTurn = runTurn;
    this.isLaterLink = carried !== undefined;
    this.couldNotUpgrade = carried?.isUpgrade === true && workflowInfo().targetWorkerDeploymentVersionChanged;
    this.store = new RunStore(definition?.initialState);
    // Not what Temporal says it was continued from: that may be an attempt of this link that failed.
    const previous = carried?.link;
    this.log = new EventLog(workflowInfo().runId, () => Date.now(), {
      first: carried?.events ?? 0,
      ...(previous === undefined ? {} : { previous }),
    });
    this.main = definition === undefined ? undefined : new Thread(this, definition);
  }

  /** Go on from a context. @param step Model calls so far, in the same run. @throws AgentError `INVALID_CONTEXT`. */
  resume(context: ContextJson, step?: number): void {
    const { workflowType } = workflowInfo();
    if (context.workflow !== workflowType) {
      throw new AgentError(
        'INVALID_CONTEXT',
        `The run cannot go on from this context: it is of the workflow "${context.workflow}", and this is "${workflowType}". If that is meant, change its field "workflow".`,
        {},
      );
    }
    for (const [key, value] of Object.entries(context.state)) this.store.set(key, value);
    this.tokens.resume(context);
    this.main?.resume(context, step);
    this.questions.resume(context, (event) => (this.isLaterLink ? event : this.log.append(event)));
    if (this.questions.size > 0) this.#cameFirst = [];
    this.refreshCard();
  }

  /** Go on from the link before. @throws AgentError `INVALID_CONTEXT`. */
  resumeLink({ context, step, conversation }: CarriedJson): void {
    this.resume(context, step);
    if (conversation === undefined) return;
    this.conversation = { turn: conversation.turn, last: conversation.last };
    this.mailbox.resume(conversation);
  }

  /** The code of this worker does not fit what the run has done. @returns What ends the run, or its workflow task. */
  stop(problem: string): Error {
    const error = misfit(problem, this.isLaterLink);
    this.onStop?.(error);
    return error;
  }

  /** Look whether the link is too long. Asked wherever history grows. */
  checkLength(): void {
    if (this.onTooLong === undefined || !isTooLong(this, 1)) return;
    const move = this.onTooLong;
    this.onTooLong = undefined;
    move();
  }

  /** A call that cannot be entered again, and what it has done past its context. */
  get reachedOut(): ReachedOut | undefined {
    const threads = [...(this.main === undefined ? [] : [this.main]), ...this.threads.values()];
    return threads.map(({ turn }) => turn?.reachedOut).find((found) => found !== undefined);
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** The messages of the run's own thread, or of one that a tool runs now. @throws TypeError when there is no such. */
  transcript(threadId: string | undefined, from: number, upTo: number): TranscriptPage {
    const thread = threadId === undefined ? this.main : this.threads.get(threadId);
    if (thread !== undefined) return thread.page(from, upTo);
    if (threadId === undefined) return { messages: [], next: 0, length: 0 };
    throw readable(ApplicationFailure.nonRetryable('No agent works in that thread now', 'TypeError'));
  }

  /** A model call begins. */
  work(agents: readonly string[], step: number): void {
    this.checkLength();
    this.#card.work(agents, step);
    this.refreshCard();
  }

  /** A conversation has nothing to do until somebody writes. */
  rest(): void {
    this.#card.rest();
    this.refreshCard();
  }

  /** Take a further user message. @returns Its place in the queue, or why it cannot be taken. */
  receiveMessage(payload: unknown): { readonly place: number } | { readonly problem: string } {
    this.checkLength();
    const message = readMessage(payload);
    if ('problem' in message) return { problem: `The message cannot be used: ${message.problem}.` };
    const problem = this.mailbox.refusal(message.text) ?? recordedMessageProblem(this, message.text);
    if (problem !== undefined) return { problem };
    const place = this.mailbox.put(message.text);
    this.log.append(UserMessage({ text: message.text, place }));
    return { place };
  }

  /** @param operationId The operation that asks: makes the question's `inputId`. */
  ask(operationId: string, asker: Asker, asked: Asked): Question {
    const inputId = questionId(operationId, asker, asked);
    const askedAt = new Date(Date.now()).toISOString();
    this.questions.admit({ inputId, asker, askedAt, ...asked });
    const event = asked.event === undefined ? undefined : this.log.append({ ...asked.event, inputId });
    const question = this.questions.ask(inputId, asker, askedAt, event);
    this.#refuse(this.questions.replaceAhead(inputId));
    this.refreshCard();
    return question;
  }

  /** The link ends: questions of the next one have other ids. */
  dropAhead(): void {
    this.#refuse(this.questions.dropAhead());
  }

  expect(question: Question, expectation: Expectation): void {
    this.#refuse(this.questions.expect(question, expectation));
    this.refreshCard();
  }

  timeOut(question: Question): void {
    this.questions.timeOut(question);
    this.refreshCard();
  }

  /** A wait was given up. */
  withdraw(question: Question): void {
    this.#withdraw((open) => open === question);
    this.refreshCard();
  }

  /** A tool call, or the operation of one, has ended: nothing under it works or asks any more. */
  endCall(id: string): void {
    const isUnder = (other: string): boolean => other === id || other.startsWith(`${id}.`);
    for (const [operationId, thread] of this.threads) if (isUnder(operationId)) thread.end();
    this.#withdraw(({ asker }) => isUnder(asker.callId));
    this.#refuse(this.questions.dropAhead(isUnder));
    this.refreshCard();
  }

  /**
   * A run that is gone on with has its questions before its tools wait for them again, and only a wait says what it
   * takes: what comes with the first task is looked at when the tools have been entered.
   */
  async takeWhatCameFirst(): Promise<void> {
    if (this.#cameFirst === undefined) return;
    await Promise.resolve();
    await CancellationScope.nonCancellable(async () => await condition(secondLook()));
    const incoming = this.#cameFirst.splice(0);
    this.#cameFirst = undefined;
    for (const one of incoming) this.receive(one);
  }

  /** Take what a signal brought. A refusal is written to the stream, where its sender can see it. */
  receive(incoming: Incoming): void {
    this.checkLength();
    // Updates do not wait for the tools: what came with a reset for one question keeps its order.
    const isAgain = incoming.isReapplied === true && (incoming.inputId !== undefined || isAnswer(incoming));
    if (this.#cameFirst !== undefined && !isAgain) return void this.#cameFirst.push(incoming);
    const refusal = recordedHeldRefusal(this, incoming);
    if (refusal !== undefined) return this.refused(incoming, refusal);
    this.#received += 1;
    const verdict = this.questions.take(incoming, recordedRules(this.questions, incoming, `signal-${this.#received}`));
    if (verdict.kind === 'refused') this.refused(incoming, verdict);
    this.judged(verdict);
  }

  /** An answer or event was judged. */
  judged({ kind }: Verdict): void {
    if (kind !== 'refused') this.#card.forgetRefusal();
    this.refreshCard();
  }

  /** The last event of the stream. */
  end(state: NonNullable<RunStatus['state']>, event: AnyEvent): void {
    this.#end = state;
    this.#withdraw(() => true);
    this.dropAhead();
    this.main?.transcript.closeCalls('Not finished: the run has ended.');
    this.log.close(event);
    this.#card.end(event);
  }

  #withdraw(which: (question: Question) => boolean): void {
    this.#refuse(this.questions.withdraw(which));
  }

  #refuse(givenBack: readonly GivenBack[]): void {
    for (const { incoming, refusal } of givenBack) this.refused(incoming, refusal);
  }

  status(): RunStatus {
    return {
      state: this.#end ?? (this.questions.size > 0 ? 'waiting' : this.#card.isResting ? 'resting' : 'working'),
      ...(this.main?.agent === undefined ? {} : { agent: this.main.agent }),
      step: this.main?.step ?? 0,
      openInputs: this.questions.size,
      events: this.log.length,
      ...this.tokens.toJson(),
    };
  }

  refreshCard(): void {
    this.#card.refresh(this.questions);
  }

  refused(incoming: Incoming, refusal: Refusal): void {
    this.#card.refuse(refusal.message);
    this.log.append(refusedEvent(incoming, refusal));
  }
}
