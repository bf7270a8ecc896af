/**
 * Run: the state of one run, and the only place that changes it.
 *
 * Held by the workflow function, rebuilt by replay. Events, questions and the card change together
 * here, so that a reader never sees one without the other.
 *
 * @module
 */
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { CONTEXT_VERSION, Transcript, type AgentWorkflowDefinition, type ContextJson } from '../agent';
import {
  AgentError,
  AnswerRefused,
  StopEvent,
  ToolCall,
  UserMessage,
  type AnyEvent,
  type Refusal,
  type RunStatus,
} from '../protocol';
import { endCard, restingCard, waitingCard, workingCard } from './card';
import { EventLog } from './event-log';
import { linkId, shortLinkId } from './link-id';
import type { Incoming } from './questions/incoming';
import { Mailbox, readMessage } from './loop/mailbox';
import type { Expectation } from './questions/matching';
import type { Asker, Question } from './questions/judge';
import type { OpenTurn } from './loop/open-turn';
import { Questions } from './questions/questions';
import { RunStore } from './context/run-store';

export class Run {
  readonly log: EventLog;
  readonly questions = new Questions();
  readonly store: RunStore;
  readonly mailbox = new Mailbox();
  readonly transcript = new Transcript();
  /** Whether model calls are told what the store holds. */
  readonly tellsState: boolean;
  /** The turn that is open; none before the first and between two turns. */
  turn: OpenTurn | undefined;
  /** The agent that has the conversation. None before the first step. */
  agent: string | undefined;
  #step = 0;
  #isResting = false;
  #end: RunStatus['state'] | undefined;

  /** @param definition None: a hand-written workflow. */
  constructor(definition?: AgentWorkflowDefinition) {
    this.tellsState = definition?.statePrompt !== undefined;
    this.store = new RunStore(definition?.initialState);
    this.log = new EventLog(linkId(), () => Date.now());
  }

  /** Go on from a context. @throws AgentError `INVALID_CONTEXT`. */
  resume(context: ContextJson, definition: AgentWorkflowDefinition): void {
    if (context.agent !== undefined && !definition.agents.has(context.agent)) {
      const names = [...definition.agents.keys()].join(', ');
      throw new AgentError(
        'INVALID_CONTEXT',
        `The run cannot go on from this context: its agent "${context.agent}" is none of ${definition.name}'s (${names}).`,
        {},
      );
    }
    this.agent = context.agent;
    for (const message of context.messages) this.transcript.append(message);
    for (const [key, value] of Object.entries(context.state)) this.store.set(key, value);
    if (context.open !== undefined) this.#step = context.open.step;
    // A stream of its own: whoever follows this run must see what is open.
    for (const [nth, call] of this.transcript.openCalls().entries()) {
      if (context.open?.calls[nth]?.output !== undefined) continue;
      this.log.append(
        ToolCall({ agent: this.agent ?? '', toolId: call.id, toolName: call.name, toolKwargs: call.args }),
      );
    }
    for (const { inputId, askedAt, event, asker } of context.questions ?? []) {
      this.questions.ask(inputId, asker, askedAt, event === undefined ? undefined : this.log.append(event));
    }
    this.refreshCard();
  }

  /** All that another run needs to go on from here. */
  context(): ContextJson {
    const open = this.#end === undefined ? this.turn?.toJson(this.#step) : undefined;
    const questions = this.questions.toJson();
    return {
      version: CONTEXT_VERSION,
      workflow: workflowInfo().workflowType,
      ...(this.agent === undefined ? {} : { agent: this.agent }),
      messages: this.transcript.all(),
      state: this.store.all(),
      ...(open === undefined ? {} : { open }),
      ...(questions.length === 0 ? {} : { questions }),
    };
  }

  /** The step that the run is in: from 1, over all turns. */
  get step(): number {
    return this.#step;
  }

  /** A model call begins. */
  begin(agent: string): void {
    this.agent = agent;
    this.#step += 1;
    this.#isResting = false;
    this.refreshCard();
  }

  /** A conversation has nothing to do until somebody writes. */
  rest(): void {
    this.#isResting = true;
    this.refreshCard();
  }

  /** Take a further user message. @returns Its place in the queue, or why it cannot be taken. */
  receiveMessage(payload: unknown): { readonly place: number } | { readonly problem: string } {
    const message = readMessage(payload);
    const problem =
      'problem' in message ? `The message cannot be used: ${message.problem}.` : this.mailbox.refusal(message.text);
    if (problem !== undefined || 'problem' in message) return { problem: problem ?? '' };
    const place = this.mailbox.put(message.text);
    this.log.append(UserMessage({ text: message.text, place }));
    return { place };
  }

  /** @param operationId The operation that asks: makes the question's `inputId`. */
  ask(operationId: string, asker: Asker, event: AnyEvent | undefined): Question {
    const inputId = `${operationId}-${shortLinkId()}`;
    this.questions.admit(event);
    const question = this.questions.ask(
      inputId,
      asker,
      new Date(Date.now()).toISOString(),
      event === undefined ? undefined : this.log.append({ ...event, inputId }),
    );
    this.refreshCard();
    return question;
  }

  expect(question: Question, expectation: Expectation): void {
    for (const { incoming, refusal } of this.questions.expect(question, expectation)) this.refused(incoming, refusal);
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

  /** A tool call has ended: what it asked and did not wait for is no longer open. */
  endCall(callId: string): void {
    this.#withdraw(({ asker }) => asker.callId === callId);
    this.refreshCard();
  }

  /** Take what a signal brought. A refusal is written to the stream, where its sender can see it. */
  receive(incoming: Incoming): void {
    const verdict = this.questions.take(incoming);
    if (verdict.kind === 'refused') this.refused(incoming, verdict);
    this.refreshCard();
  }

  /** The last event of the stream. */
  end(state: NonNullable<RunStatus['state']>, event: AnyEvent): void {
    this.#end = state;
    this.#withdraw(() => true);
    this.transcript.closeCalls('Not finished: the run has ended.');
    this.log.close(event);
    setCurrentDetails(endCard(endText(event)));
  }

  #withdraw(which: (question: Question) => boolean): void {
    for (const { incoming, refusal } of this.questions.withdraw(which)) this.refused(incoming, refusal);
  }

  status(): RunStatus {
    return {
      state: this.#end ?? (this.questions.size > 0 ? 'waiting' : this.#isResting ? 'resting' : 'working'),
      ...(this.agent === undefined ? {} : { agent: this.agent }),
      step: this.#step,
      openInputs: this.questions.size,
      events: this.log.length,
    };
  }

  refreshCard(): void {
    const { workflowId, namespace } = workflowInfo();
    if (this.questions.size > 0) setCurrentDetails(waitingCard({ workflowId, namespace }, this.questions.pending()));
    else if (this.#isResting) setCurrentDetails(restingCard({ workflowId, namespace }));
    else if (this.agent !== undefined) setCurrentDetails(workingCard(this.agent, this.#step));
    else setCurrentDetails('');
  }

  refused(incoming: Incoming, { reason, message, open }: Refusal): void {
    this.log.append({
      ...AnswerRefused({ reason, message, open: [...open], received: incoming.received }),
      ...(incoming.inputId === undefined ? {} : { inputId: incoming.inputId }),
      ...(incoming.answerId === undefined ? {} : { answerId: incoming.answerId }),
    });
  }
}

function endText(event: AnyEvent): string {
  if (typeof event['message'] === 'string') return event['message'];
  return StopEvent.is(event) ? (event.result?.response ?? '') : '';
}
