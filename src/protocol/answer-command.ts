/**
 * Answer command: what a person can answer, ready to send without our tools.
 *
 * One line per choice, a No as well as a Yes, each naming its question. The lines are made to be copied: as JSON for a
 * dialog, and as a command quoted for the shell.
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
  /** Named in the command unless it is the Temporal CLI's default. Absent: unknown. */
  readonly address?: string;
}

/** The number of choices shown; a field may have hundreds. */
const SHOWN_CHOICES = 8;

/** The signal that takes the answer to a question. */
export function answerSignal({ expectedType }: PendingInput): string {
  return extendsType(expectedType, SIGNALS.answer) ? SIGNALS.answer : SIGNALS.event;
}

/**
 * An answer for each choice, as JSON, with its `inputId`. Other required fields have an example value for the person to
 * change.
 */
export function answerLines(input: PendingInput): readonly string[] {
  return answersTo(input).map(inertJson);
}

/** The same as shell lines. */
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

/** What a field can say. Free text gets Yes and No, since most questions ask for one. */
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
