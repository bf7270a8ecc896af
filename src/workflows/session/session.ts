/**
 * Session: one workflow execution of ours: its run, its agents and its messages.
 *
 * Resumes from a context or the previous link. A hand-written workflow has one without agents.
 *
 * @module
 */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { AgentWorkflowDefinition } from '../../agent';
import {
  AgentError,
  readable,
  type AnyEvent,
  type RunStatus,
  type CarriedJson,
  type ContextJson,
  type TranscriptPage,
  type TurnOutcome,
} from '../../protocol';
import { Thread, type RunTurn } from '../loop/thread';
import type { TimeLimit } from '../loop/time-limit';
import type { OutsideEffect } from '../run/nested-work';
import { Run } from '../run/run';
import { Intake } from './intake';

export interface ConversationState {
  /** The turn that is open or comes next. */
  turn: number;
  last: TurnOutcome;
}

export class Session {
  readonly run: Run;
  readonly intake: Intake;
  /** Absent: a hand-written workflow. */
  readonly main: Thread | undefined;
  /** Absent: it is no conversation. */
  conversation: ConversationState | undefined;
  limit: TimeLimit | undefined;
  /** It holds more than it can carry, and stays in this link while it can. */
  isTooLargeToMove = false;
  /** The last move was to reach the newest worker and did not, so another would not help. */
  readonly couldNotUpgrade: boolean;

  /**
   * @param runTurn The agent loop.
   * @param definition Absent: a hand-written workflow.
   * @param carried From the previous link. Absent: the run begins here.
   */
  constructor(runTurn: RunTurn, definition?: AgentWorkflowDefinition, carried?: CarriedJson) {
    this.couldNotUpgrade = carried?.isUpgrade === true && workflowInfo().targetWorkerDeploymentVersionChanged;
    this.run = new Run({
      isHandWritten: definition === undefined,
      ...(definition === undefined ? {} : { initialState: definition.initialState }),
      ...(carried === undefined ? {} : { before: carried }),
    });
    this.intake = new Intake(this.run);
    this.main = definition === undefined ? undefined : new Thread(this.run, definition, runTurn);
  }

  /** @param step Model calls so far in the same run. @throws AgentError `INVALID_CONTEXT`. */
  resume(context: ContextJson, step?: number): void {
    const { run } = this;
    const { workflowType } = workflowInfo();
    if (context.workflow !== workflowType) {
      throw new AgentError(
        'INVALID_CONTEXT',
        `The run cannot go on from this context: it is of the workflow "${context.workflow}", and this is "${workflowType}". If that is meant, change its field "workflow".`,
        {},
      );
    }
    for (const [key, value] of Object.entries(context.state)) run.store.set(key, value);
    run.tokens.resume(context);
    this.main?.resume(context, step);
    run.questions.resume(context, (event) => (run.isLaterLink ? event : run.log.append(event)));
    if (run.questions.size > 0) this.intake.holdBack();
    run.refreshCard();
  }

  /** Resumes from the previous link. @throws AgentError `INVALID_CONTEXT`. */
  resumeLink({ context, step, conversation }: CarriedJson): void {
    this.resume(context, step);
    if (conversation === undefined) return;
    this.conversation = { turn: conversation.turn, last: conversation.last };
    this.intake.mailbox.resume(conversation);
  }

  get outsideEffect(): OutsideEffect | undefined {
    const working = [...(this.main === undefined ? [] : [this.main]), ...this.run.nested.values()];
    return working.map(({ outsideEffect }) => outsideEffect).find((found) => found !== undefined);
  }

  /** @param threadId Absent: the main thread. @throws TypeError when there is no such thread. */
  transcript(threadId: string | undefined, from: number, upTo: number): TranscriptPage {
    const thread = threadId === undefined ? this.main : this.run.nested.get(threadId);
    if (thread !== undefined) return thread.page(from, upTo);
    if (threadId === undefined) return { messages: [], next: 0, length: 0 };
    throw readable(ApplicationFailure.nonRetryable('No agent works in that thread now', 'TypeError'));
  }

  status(): RunStatus {
    const { run, main } = this;
    return {
      state: run.state,
      ...(main?.agent === undefined ? {} : { agent: main.agent }),
      step: main?.step ?? 0,
      openInputs: run.questions.size,
      events: run.log.length,
      ...run.tokens.toJson(),
    };
  }

  end(state: NonNullable<RunStatus['state']>, event: AnyEvent): void {
    this.main?.transcript.closeCalls('Not finished: the run has ended.');
    this.run.end(state, event);
  }
}
