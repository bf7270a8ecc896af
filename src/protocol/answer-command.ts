/**
 * Answer command: what a person can say to a question, ready to be sent without anything of ours.
 *
 * Each choice has a line of its own, a No as well as a Yes, and names its question. The lines are shown to people to be
 * copied as they are: as JSON for a dialog, and as a command whose words are quoted for the shell.
 *
 * @module
 */
import { extendsType } from './event';
import { inertJson, shellWord } from './inert-text';
import type { Json, JsonObject } from './json';
import { SIGNALS, type ExpectedField, type PendingInput } from './messages';

/** Where a run is. */
export interface RunPlace {
  readonly workflowId: string;
  readonly namespace: string;
  /** Named in the command unless it is the Temporal CLI's own default. None: not known. */
  readonly address?: string;
}

/** Choices that are shown; a field may have hundreds. */
const SHOWN_CHOICES = 8;

/** The signal that takes the answer to a question. */
export function answerSignal({ expectedType }: PendingInput): string {
  return extendsType(expectedType, SIGNALS.answer) ? SIGNALS.answer : SIGNALS.event;
}

/**
 * An answer for each choice, as JSON, with its `inputId`. Fields that an answer must have and that are no choice stand in
 * it with an example of their kind, for the person to change.
 */
export function answerLines(input: PendingInput): readonly string[] {
  return answersTo(input).map(inertJson);
}

/** The same as lines for a shell. */
export function answerCommands(place: RunPlace, input: PendingInput): readonly string[] {
  return answersTo(input).map((answer) => signalCommand(place, answerSignal(input), answer));
}

/** The line that sends a conversation its next message. */
export function messageCommand(place: RunPlace): string {
  return signalCommand(place, SIGNALS.message, { text: '...' });
}

function answersTo(input: PendingInput): readonly JsonObject[] {
  const { expectedType, expectedFields, requirements, inputId } = input;
  const isAnswer = extendsType(expectedType, SIGNALS.answer);
  const declared = expectedFields.filter(({ isOptional }) => isOptional !== true);
  const open = declared.filter(({ name }) => !Object.hasOwn(requirements, name));
  const decisive = open.find((field) => choicesOf(field).length > 1);
  const choices: readonly (Json | undefined)[] = decisive === undefined ? [undefined] : choicesOf(decisive);
  return choices.slice(0, SHOWN_CHOICES).map((choice) => ({
    ...(isAnswer ? {} : { type: expectedType }),
    ...Object.fromEntries(declared.map((field) => [field.name, exampleOf(field)])),
    ...(decisive === undefined ? {} : { [decisive.name]: choice }),
    ...requirements,
    inputId,
  }));
}

/** What a field can say. A free text can say anything; most are asked for a Yes or a No. */
function choicesOf({ name, kind, choices }: ExpectedField): readonly Json[] {
  if (choices !== undefined) return choices;
  if (kind === 'boolean') return [true, false];
  return kind === 'string' && name === 'response' ? ['yes', 'no'] : [];
}

function exampleOf(field: ExpectedField): Json {
  const [first] = choicesOf(field);
  if (first !== undefined) return first;
  return field.kind === 'number' ? 1 : field.kind === 'json' ? null : '...';
}

function signalCommand(place: RunPlace, name: string, input: JsonObject): string {
  const address = isDefaultAddress(place.address) ? '' : ` --address ${shellWord(place.address as string)}`;
  const namespace = place.namespace === 'default' ? '' : ` --namespace ${shellWord(place.namespace)}`;
  return `temporal workflow signal${address}${namespace} --workflow-id ${shellWord(place.workflowId)} --name ${name} --input '${inertJson(input)}'`;
}

function isDefaultAddress(address: string | undefined): boolean {
  return address === undefined || address === '127.0.0.1:7233' || address === 'localhost:7233';
}
