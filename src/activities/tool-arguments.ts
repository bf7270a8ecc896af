/**
 * Tool arguments: what a model sent for a tool, read and checked.
 *
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Tool } from '../agent';
import { cutText, errorText, isPlainObject, jsonProblem, LIMITS, type JsonObject } from '../protocol';

/** Say why arguments do not fit a tool, or undefined when they do. */
export async function argumentsProblem(tool: Tool, args: unknown): Promise<string | undefined> {
  return await schemaIssues(tool.parameters, args);
}

/** Say why a value does not fit a schema, or undefined when it does. At most three issues. */
export async function schemaIssues(schema: StandardSchemaV1, value: unknown): Promise<string | undefined> {
  let result: StandardSchemaV1.Result<unknown>;
  try {
    result = await schema['~standard'].validate(value);
  } catch (error) {
    return `its schema failed, ${errorText(error)}`;
  }
  return result.issues
    ?.slice(0, 3)
    .map(({ path, message }) => {
      const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') ?? '';
      const said = where === '' || message.includes(`"${where}"`) ? message : `"${where}": ${message}`;
      return cutText(said, LIMITS.schemaIssueBytes); // It quotes what was sent.
    })
    .join('; ');
}

/** Read the arguments a model sent. Empty means `{}`; what is no JSON object is never repaired. */
export function readArguments(text: string): { readonly args: JsonObject; readonly problem?: string } {
  if (text.trim() === '') return { args: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { args: {}, problem: `they are not JSON (${errorText(error)})` };
  }
  if (!isPlainObject(value)) return { args: {}, problem: 'they are not a JSON object' };
  const problem = jsonProblem(value, LIMITS.wrapDepth);
  return problem === undefined ? { args: value as JsonObject } : { args: {}, problem };
}
