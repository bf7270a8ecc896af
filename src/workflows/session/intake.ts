/**
 * Intake: the one place where an event, an answer or a user message enters a run, or is refused.
 *
 * @module
 */
import { CancellationScope, condition, patched } from '@temporalio/workflow';
import { contentText, UserMessage, type MessagePlace } from '../../protocol';
import { pendingCodeHasRun } from '../link/pending-code';
import { isAnswer } from '../questions/incoming';
import type { Incoming } from '../questions/question';
import { recordedRules } from '../questions/recorded-rules';
import type { Run } from '../run/run';
import { recordedHeldRefusal, recordedMessageProblem } from './held-messages';
import { Mailbox, readMessage } from './mailbox';

export class Intake {
  readonly run: Run;
  readonly mailbox = new Mailbox();
  /** The run must move and cannot, so it keeps no more messages for later. */
  keepsNoMore = false;
  #firstMessages: Incoming[] | undefined;
  /** Answers and events that were judged after a signal. */
  #received = 0;

  constructor(run: Run) {
    this.run = run;
  }

  /** From now on messages wait for `takeFirstMessages`. */
  holdBack(): void {
    this.#firstMessages = [];
  }

  /**
   * A resumed run restores its open questions before its tools wait on them, and only a wait says what it accepts. So
   * messages of the first task are held back until the tools have been entered.
   */
  async takeFirstMessages(): Promise<void> {
    if (this.#firstMessages === undefined) return;
    await Promise.resolve();
    await CancellationScope.nonCancellable(async () => await condition(pendingCodeHasRun()));
    const incoming = this.#firstMessages.splice(0);
    this.#firstMessages = undefined;
    for (const one of incoming) this.receive(one);
  }

  /** Takes a signal. A refusal goes to the stream, where its sender can see it. */
  receive(incoming: Incoming): void {
    const { run } = this;
    run.checkLength();
    // Updates are never held back, so reapplied messages are not either: those for one question keep their order.
    const keepsOrder = incoming.isReapplied === true && (incoming.inputId !== undefined || isAnswer(incoming));
    if (this.#firstMessages !== undefined && !keepsOrder) return void this.#firstMessages.push(incoming);
    const refusal = recordedHeldRefusal(this, incoming);
    if (refusal !== undefined) return run.refused(incoming, refusal);
    this.#received += 1;
    const rules = recordedRules(run.questions, incoming, `signal-${this.#received}`);
    const verdict = run.questions.take(incoming, rules);
    if (verdict.kind === 'refused') run.refused(incoming, verdict);
    run.judged(verdict);
  }

  /** @returns Its place in the queue, or why it is refused. */
  receiveMessage(payload: unknown): MessagePlace | { readonly problem: string } {
    this.run.checkLength();
    const message = readMessage(payload, () => patched('countersign-content'));
    if ('problem' in message) return { problem: `The message cannot be used: ${message.problem}.` };
    const { content } = message;
    const problem = this.mailbox.refusal(content) ?? recordedMessageProblem(this, content);
    if (problem !== undefined) return { problem };
    const open = this.run.questions.openIds;
    const place = { place: this.mailbox.put(content), ...(open.length === 0 ? {} : { waitsFor: [...open] }) };
    this.run.log.append(UserMessage({ text: contentText(content), ...place }));
    return place;
  }
}
