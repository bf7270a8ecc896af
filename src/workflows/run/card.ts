/**
 * Card: what a run shows on its page in the Temporal UI.
 *
 * The UI renders Markdown in a frame of about seven lines: the question comes first, then what the *Send a Signal*
 * dialog takes, then commands. Texts of models, tools and people stand in code spans, so that they are not rendered. A
 * question that is not shown in full is shown without answers.
 *
 * @module
 */
import {
  answerCommands,
  answerLines,
  answerSignal,
  type AnyEvent,
  byteLength,
  cutText,
  inertLine,
  type JsonObject,
  LIMITS,
  messageCommand,
  type PendingInput,
  type RunPlace,
  StopEvent,
} from '../../protocol';

/** Bytes of a question, and of all its answers. */
const SHOWN_BYTES = 500;
const ANSWERS_BYTES = 1500;
const SHOWN_QUESTIONS = 5;
const SHOWN_REQUIREMENTS = 5;
/** Of one question. If it has more, or several questions are open, none are shown. */
const SHOWN_COMMANDS = 2;

/** The UI measures its frame one line too short. Markdown keeps a no-break space. */
const LAST_LINE = '\u00a0';

/** @param refusal What the sender of the last answer was told. */
export function waitingCard(place: RunPlace, pending: readonly PendingInput[], refusal?: string): string {
  const shown = pending.slice(0, SHOWN_QUESTIONS).map(questionText);
  const refused = refusal === undefined ? [] : [`Last answer refused: ${quoted(refusal, SHOWN_BYTES)}`];
  const [only] = pending.length === 1 ? pending : [];
  const commands = only === undefined || !isShown(only) ? [] : commandsText(place, only);
  for (let count = shown.length; count > 0; count -= 1) {
    const more = pending.length - count;
    const rest = more === 0 ? [] : [`and ${more} more: see the query \`pendingInputs\``];
    const card = [...refused, ...shown.slice(0, count), ...rest, ...commands, LAST_LINE].join('\n\n');
    if (byteLength(card) <= LIMITS.cardBytes) return card;
  }
  return `${pending.length} questions are open: see the query \`pendingInputs\``;
}

/** @param agents The agents at work, outermost first. */
export function workingCard(agents: readonly string[], step: number): string {
  return `${agents.map((agent) => quoted(agent, SHOWN_BYTES)).join(' › ')} is working, step ${step}.`;
}

export function restingCard(place: RunPlace): string {
  return `**Waiting for a message**\n\n${codeSpan(messageCommand(place))}`;
}

/** @param event The last event: its error message is shown, else its response. */
export function endCard(event: AnyEvent): string {
  const response = StopEvent.is(event) ? (event.result?.response ?? '') : '';
  const text = typeof event['message'] === 'string' ? event['message'] : response;
  return inertLine(text) === '' ? '' : quoted(text, 1000);
}

function questionText(input: PendingInput): string {
  const question = questionOf(input);
  const from = fromText(input.requirements);
  const until = input.deadline === undefined ? '' : `, until ${input.deadline}`;
  const head = `${quoted(question, SHOWN_BYTES)}${from}${until}`;
  if (!isShown(input)) {
    const hidden = question.length - cutText(question, SHOWN_BYTES).length + 1;
    const what =
      byteLength(question) > SHOWN_BYTES
        ? `${hidden} more characters of it are hidden here`
        : 'Its answers are too long to be shown here';
    return `${head}\n\n${what}: read all of it with the query \`pendingInputs\` before you answer.`;
  }
  const lines = answerLines(input).map(codeSpan).join('  \n');
  return `${head}\n\nSignal \`${answerSignal(input)}\` with one of:  \n${lines}`;
}

/** The requirements. Cut between code spans: a cut inside one would leave it open. */
function fromText(requirements: JsonObject): string {
  const all = Object.entries(requirements).map(([name, value]) => {
    const text = quoted(typeof value === 'string' ? value : JSON.stringify(value), 200);
    return name === 'user_name' ? text : `${quoted(name, 200)} ${text}`;
  });
  const shown = all.slice(0, SHOWN_REQUIREMENTS);
  if (shown.length === 0) return '';
  return ` from ${shown.join(', ')}${shown.length < all.length ? ', …' : ''}`;
}

function commandsText(place: RunPlace, input: PendingInput): readonly string[] {
  const commands = answerCommands(place, input);
  if (commands.length > SHOWN_COMMANDS) return [];
  return [`In a terminal, with \`--address\` where the server is elsewhere:  \n${commands.map(codeSpan).join('  \n')}`];
}

function isShown(input: PendingInput): boolean {
  return byteLength(questionOf(input)) <= SHOWN_BYTES && byteLength(answerLines(input).join('')) <= ANSWERS_BYTES;
}

function questionOf({ event, expectedType }: PendingInput): string {
  const prefix = typeof event?.['prefix'] === 'string' ? inertLine(event['prefix']) : '';
  return prefix === '' ? `Waiting for a ${expectedType}` : prefix;
}

function quoted(text: string, limitBytes: number): string {
  return codeSpan(cutText(inertLine(text), limitBytes));
}

/** A fence longer than any run of backticks inside. An empty span would itself be a fence. */
function codeSpan(text: string): string {
  if (text === '') return '` `';
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = longest === 0 ? '' : ' ';
  return `${fence}${pad}${text}${pad}${fence}`;
}
