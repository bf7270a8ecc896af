/**
 * Held messages: limits how much a run keeps for later.
 *
 * Early events, answers before their wait and queued messages travel from link to link. They are counted together, as
 * JSON, so that no flood of them keeps a run from continuing as new. Answers to a waiting question are always judged.
 *
 * @module
 */
import { jsonBytes, LIMITS, type Refusal, type UserContent } from '../../protocol';
import { recordedRule } from '../link/recorded-refusal';
import type { Run } from '../run/run';
import type { Mailbox } from './mailbox';
import type { Incoming } from '../questions/question';

interface Holder {
  readonly run: Run;
  readonly mailbox: Mailbox;
  readonly keepsNoMore: boolean;
}

/** Earlier releases kept more. */
const RULE = 'countersign-held-bytes';

/** Why a user message cannot be queued although the mailbox has a place. */
export function messageProblem(holder: Holder, content: UserContent): string | undefined {
  return holder.mailbox.overfull(content) ?? heldProblem(holder, jsonBytes(content));
}

/** Recorded, so that replays agree. */
export function recordedMessageProblem(holder: Holder, content: UserContent): string | undefined {
  return recordedRule(RULE, () => messageProblem(holder, content));
}

/** Why an event or answer is refused that would be kept. */
export function heldRefusal(holder: Holder, incoming: Incoming): Refusal | undefined {
  const message = heldProblem(holder, incoming.bytes);
  if (message === undefined || !['kept', 'early'].includes(holder.run.questions.judge(incoming).kind)) return undefined;
  return { reason: 'not_waiting', message, open: holder.run.questions.openIds };
}

/** Recorded, so that replays agree. */
export function recordedHeldRefusal(holder: Holder, incoming: Incoming): Refusal | undefined {
  const message = recordedRule(RULE, () => heldRefusal(holder, incoming)?.message);
  return message === undefined ? undefined : { reason: 'not_waiting', message, open: holder.run.questions.openIds };
}

function heldProblem({ run, mailbox, keepsNoMore }: Holder, more: number): string | undefined {
  if (keepsNoMore) return 'The run holds too much to go on in a new link, and keeps nothing more: send this one later.';
  const held = run.questions.heldBytes + mailbox.heldBytes;
  return held > 0 && held + more > LIMITS.heldBytes
    ? `The run keeps ${held} bytes of messages for later already: send this one later.`
    : undefined;
}
