/**
 * Answer command: the line that answers a question from any terminal, without anything of ours.
 *
 * It is shown to people to be copied as it is, so each word of it is quoted for the shell, and it holds
 * no character that a terminal would obey.
 *
 * @module
 */
import { extendsType } from './event';
import type { Json, JsonObject } from './json';
import { SIGNALS, type ExpectedField, type PendingInput } from './messages';

/** Where a run is. */
export interface RunPlace {
  readonly workflowId: string;
  readonly namespace: string;
  /** Named in the command unless it is the Temporal CLI's own default. None: not known. */
  readonly address?: string;
}

/**
 * The line that answers a question. Fields that its answer must have stand in it, each with an example of its kind: to
 * be changed by whoever means something else.
 *
 * @param nameIt Whether the answer names the question: needed when several are open.
 */
export function answerCommand(place: RunPlace, input: PendingInput, nameIt: boolean): string {
  const isAnswer = extendsType(input.expectedType, SIGNALS.answer);
  const declared = input.expectedFields
    .filter(({ isOptional }) => isOptional !== true)
    .map((field) => [field.name, exampleOf(field)] as const);
  const answer: JsonObject = {
    ...(isAnswer ? {} : { type: input.expectedType }),
    ...Object.fromEntries(declared),
    ...input.requirements,
    ...(nameIt ? { inputId: input.inputId } : {}),
  };
  return signalCommand(place, isAnswer ? SIGNALS.answer : SIGNALS.event, answer);
}

function exampleOf({ name, kind, choices }: ExpectedField): Json {
  if (choices !== undefined) return choices[0] ?? null;
  if (kind === 'boolean') return true;
  if (kind === 'number') return 1;
  return name === 'response' ? 'yes' : '...';
}

/** The line that sends a conversation its next message. */
export function messageCommand(place: RunPlace): string {
  return signalCommand(place, SIGNALS.message, { text: '...' });
}

function signalCommand(place: RunPlace, name: string, input: JsonObject): string {
  const address = isDefaultAddress(place.address) ? '' : ` --address ${shellWord(place.address as string)}`;
  const namespace = place.namespace === 'default' ? '' : ` --namespace ${shellWord(place.namespace)}`;
  return `temporal workflow signal${address}${namespace} --workflow-id ${shellWord(place.workflowId)} --name ${name} --input ${shellWord(harmlessJson(input))}`;
}

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function isDefaultAddress(address: string | undefined): boolean {
  return address === undefined || address === '127.0.0.1:7233' || address === 'localhost:7233';
}

/** The same JSON, with the control and direction characters that JSON leaves alone written as escapes. */
function harmlessJson(value: JsonObject): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
