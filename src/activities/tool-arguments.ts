/**
 * Tool arguments: reads and checks what a model sent for a tool.
 *
 * A schema runs once. Its output (defaults, transforms, stripped fields) is what is recorded, shown, approved and run.
 *
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { issuesText, type Tool } from '../agent';
import { jsonSchema, roundedNumber } from '../models';
import { canonicalJson, cutText, errorText, isPlainObject, jsonProblem, LIMITS, type JsonObject } from '../protocol';

/** A schema's output, or why the value does not fit. */
export type Checked<T> = { readonly value: T; readonly problem?: never } | { readonly problem: string };

export interface ReadArguments {
  readonly args: JsonObject;
  /** The arguments differ from what the model wrote. */
  readonly isMade?: true;
}

/** Reads the arguments that a model wrote for a tool. */
export async function readArguments(tool: Tool, text: string): Promise<Checked<ReadArguments>> {
  const written = readObject(text);
  if (written.problem !== undefined) return written;
  const made = await checkArguments(tool, written.value);
  if (made.problem !== undefined) return made;
  const isSame = canonicalJson(made.value) === canonicalJson(written.value);
  return { value: isSame ? { args: written.value } : { args: made.value, isMade: true } };
}

/** The arguments as the tool's schema makes them. */
export async function checkArguments({ parameters }: Tool, args: unknown): Promise<Checked<JsonObject>> {
  const made = await checkValue(parameters, args);
  if (made.problem !== undefined) return made;
  const problem = isPlainObject(made.value)
    ? (jsonProblem(made.value, LIMITS.wrapDepth) ?? undeclared(parameters, made.value))
    : 'its schema does not make an object of them';
  return problem === undefined ? { value: made.value as JsonObject } : { problem };
}

/** A schema's output. Reports at most three issues. Never throws. */
export async function checkValue(schema: StandardSchemaV1, value: unknown): Promise<Checked<unknown>> {
  try {
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) return { value: result.value };
    return { problem: issuesText(result.issues) };
  } catch (error) {
    return { problem: `its schema failed, ${cutText(errorText(error), LIMITS.schemaIssueBytes)}` };
  }
}

/** Reads a JSON object that a model wrote. Empty means `{}`; anything else is never repaired. */
export function readObject(text: string): Checked<JsonObject> {
  if (text.trim() === '') return { value: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `they are not JSON (${errorText(error)})` };
  }
  if (!isPlainObject(value)) return { problem: 'they are not a JSON object' };
  const rounded = roundedNumber(text);
  const problem =
    rounded === undefined
      ? jsonProblem(value, LIMITS.wrapDepth)
      : `the number ${cutText(rounded, 100)} has more digits than can be kept, so send it as a string, in quotes, where the tool takes one`;
  return problem === undefined ? { value: value as JsonObject } : { problem };
}

/** Fields that the schema does not declare: JSON Schema leaves them open and some libraries let them through. */
function undeclared(schema: StandardSchemaV1, value: Readonly<Record<string, unknown>>): string | undefined {
  // valibot lets undeclared fields through only where the author says so.
  if (schema['~standard'].vendor === 'valibot') return undefined;
  const { properties, ...rest } = declared(schema);
  const isOpen = ['additionalProperties', 'patternProperties', '$ref', 'allOf', 'anyOf', 'oneOf', 'if'].some(
    (key) => rest[key] !== undefined,
  );
  if (isOpen || !isPlainObject(properties)) return undefined;
  const unknown = Object.keys(value).find((key) => value[key] !== undefined && !Object.hasOwn(properties, key));
  return unknown === undefined ? undefined : `the tool has no argument "${cutText(unknown, 100)}"`;
}

function declared(schema: StandardSchemaV1): Readonly<Record<string, unknown>> {
  try {
    return jsonSchema(schema);
  } catch {
    return {};
  }
}
