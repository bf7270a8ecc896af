/**
 * Held messages: how much of what a run is sent it keeps for later.
 *
 * Early events, answers to questions that nobody waits for yet and queued messages are carried from link to link, so they are
 * counted as they are carried, as JSON, and all together: nothing that strangers send may keep a run from going on in a new
 * link. What is refused here would only have been kept; an answer that a question waits for is always judged.
 *
 * @module
 */
import { jsonBytes, LIMITS, type Refusal, type UserContent } from '../../protocol';
import { recordedRule } from '../link/recorded-refusal';
import type { Run } from '../run/run';
import type { Mailbox } from './mailbox';
import type { Incoming } from '../questions/question';

/** Who keeps them. */
interface Holder {
  readonly run: Run;
  readonly mailbox: Mailbox;
  /** It takes nothing more that it would have to keep. */
  readonly isStuck: boolean;
}

/** Earlier releases kept more. */
const RULE = 'countersign-held-bytes';

/** Why a user message cannot be queued, though the mailbox has a place for it. */
export function messageProblem(holder: Holder, content: UserContent): string | undefined {
  return holder.mailbox.overfull(content) ?? heldProblem(holder, jsonBytes(content));
}

/** The same when the message is taken: recorded, so that replays take the same ones. */
export function recordedMessageProblem(holder: Holder, content: UserContent): string | undefined {
  return recordedRule(RULE, () => messageProblem(holder, content));
}

/** Why an event or answer is refused that would only be kept. */
export function heldRefusal(holder: Holder, incoming: Incoming): Refusal | undefined {
  const message = heldProblem(holder, incoming.bytes);
  if (message === undefined || !['kept', 'early'].includes(holder.run.questions.judge(incoming).kind)) return undefined;
  return { reason: 'not_waiting', message, open: holder.run.questions.openIds };
}

/** The same when it is taken: recorded, so that replays take the same ones. */
export function recordedHeldRefusal(holder: Holder, incoming: Incoming): Refusal | undefined {
  const message = recordedRule(RULE, () => heldRefusal(holder, incoming)?.message);
  return message === undefined ? undefined : { reason: 'not_waiting', message, open: holder.run.questions.openIds };
}

function heldProblem({ run, mailbox, isStuck }: Holder, more: number): string | undefined {
  if (isStuck) return 'The run holds too much to go on in a new link, and keeps nothing more: send this one later.';
  const held = run.questions.heldBytes + mailbox.heldBytes;
  return held > 0 && held + more > LIMITS.heldBytes
    ? `The run keeps ${held} bytes of messages for later already: send this one later.`
    : undefined;
}
