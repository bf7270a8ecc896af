/**
 * Typed answer: what a person types, as the fields that a question wants.
 *
 * Each required field is asked for by itself and read strictly: what is not understood is asked again, and never sent.
 *
 * @module
 */
import { errorText, type ExpectedField, isPlainObject, type PendingInput } from '../protocol';
import { oneLine } from './text';

const YES: readonly string[] = ['yes', 'y', 'true'];
const NO: readonly string[] = ['no', 'n', 'false'];
/** More choices are not listed with a field. */
const SHOWN_CHOICES = 12;

/** The fields that a person is asked for, in order. */
export function askedFields({ expectedFields, requirements }: PendingInput): readonly ExpectedField[] {
  return expectedFields.filter(({ name, isOptional }) => isOptional !== true && !Object.hasOwn(requirements, name));
}

/** Whether one line of any text is the answer. */
export function isPlainResponse(fields: readonly ExpectedField[]): boolean {
  const [first] = fields;
  return fields.length === 0 || (fields.length === 1 && first?.name === 'response' && hintOf(first) === '');
}

/** What may be typed for a field; empty for a text. */
export function hintOf({ kind, choices }: ExpectedField): string {
  if (choices !== undefined) return `one of ${listed(choices)}`;
  return kind === 'boolean' ? 'yes or no' : kind === 'number' ? 'a number' : kind === 'json' ? 'JSON' : '';
}

/** Reads what was typed for a field. */
export function readField(
  { kind, choices }: ExpectedField,
  typed: string,
): { readonly value: unknown } | { readonly problem: string } {
  const text = typed.trim();
  const same = text.toLowerCase();
  if (choices !== undefined) {
    const exact = choices.filter((choice) => String(choice) === text);
    const [only, another] =
      exact.length > 0 ? exact : choices.filter((choice) => String(choice).toLowerCase() === same);
    return only === undefined || another !== undefined
      ? { problem: `Type one of ${listed(choices)}.` }
      : { value: only };
  }
  if (kind === 'boolean') {
    if (YES.includes(same)) return { value: true };
    return NO.includes(same) ? { value: false } : { problem: 'Type yes or no.' };
  }
  if (kind === 'number') {
    const value = Number(text);
    return Number.isFinite(value) ? { value } : { problem: 'Type a number.' };
  }
  if (kind !== 'json') return { value: typed };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `Type JSON: ${oneLine(errorText(error))}.` };
  }
}

/** A JSON object gives all fields at once. */
export function readObject(typed: string): Readonly<Record<string, unknown>> | undefined {
  if (!typed.trim().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(typed);
    return isPlainObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function listed(choices: readonly unknown[]): string {
  const shown = choices.slice(0, SHOWN_CHOICES).map((choice) => oneLine(String(choice)));
  const more = choices.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
