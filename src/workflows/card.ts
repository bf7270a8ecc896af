/**
 * Card: what a run says of itself on its page in the Temporal UI.
 *
 * The UI shows it as Markdown in a frame about 100 px high, so the question comes first and the command
 * that answers it second; no headings. Texts of models and people are shown, never rendered.
 *
 * @module
 */
import {
  answerCommand,
  type AnyEvent,
  cutText,
  LIMITS,
  messageCommand,
  type PendingInput,
  type RunPlace,
  StopEvent,
} from '../protocol';

/** The card of a run that waits. Questions beyond the fifth are counted only. */
export function waitingCard(place: RunPlace, pending: readonly PendingInput[]): string {
  const shown = pending.slice(0, 5).map((input) => questionText(place, input, pending.length > 1));
  const more = pending.length - shown.length;
  if (more > 0) shown.push(`and ${more} more: see the query \`pendingInputs\``);
  return cutText(shown.join('\n\n'), LIMITS.cardBytes);
}

/** @param agents The agents at work, outermost first. */
export function workingCard(agents: readonly string[], step: number): string {
  return `${plain(agents.join(' › '))} is working, step ${step}.`;
}

/** The card of a conversation between two turns: how to go on with it, or end it. */
export function restingCard(place: RunPlace): string {
  return `**Waiting for a message**\n\n${codeSpan(messageCommand(place))}`;
}

/** @param event The last one of the stream: what went wrong, or else the response. */
export function endCard(event: AnyEvent): string {
  const response = StopEvent.is(event) ? (event.result?.response ?? '') : '';
  return cutText(plain(typeof event['message'] === 'string' ? event['message'] : response), 1000);
}

function questionText(place: RunPlace, input: PendingInput, nameIt: boolean): string {
  const prefix = typeof input.event?.['prefix'] === 'string' ? input.event['prefix'].trim() : '';
  const question = prefix === '' ? `Waiting for a ${input.expectedType}` : prefix;
  const forWhom = Object.entries(input.requirements)
    .map(
      ([name, value]) =>
        `${name === 'user_name' ? '' : `${name} `}${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
  const from = forWhom === '' ? '' : ` (from ${plain(forWhom)})`;
  const until = input.deadline === undefined ? '' : `, until ${input.deadline}`;
  return `**${plain(cutText(question, 500))}**${from}${until}\n\n${codeSpan(answerCommand(place, input, nameIt))}`;
}

/** Show a text as it is: no Markdown, no HTML, one line. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~!&]/g, (mark) => `\\${mark}`);
}

/** A code span may hold backticks when its fence is longer than any run of them. */
function codeSpan(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = longest === 0 ? '' : ' ';
  return `${fence}${pad}${text}${pad}${fence}`;
}
