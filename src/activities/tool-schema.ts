/**
 * Tool schema: what the model is told of a tool's arguments, and the check of what it sends.
 *
 * @module
 */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { Tool } from '../agent';
import { AgentError, cutText, errorText, isPlainObject, jsonProblem, LIMITS, type JsonObject } from '../protocol';

/** Made once: they are told with every model call. */
const schemas = new WeakMap<Tool, Record<string, unknown>>();

/**
 * A tool's arguments as JSON Schema.
 *
 * @throws AgentError `INVALID_DEFINITION` when its schema cannot be told to a model.
 */
export function argumentsSchema(tool: Tool): Record<string, unknown> {
  const known = schemas.get(tool);
  if (known !== undefined) return known;
  try {
    const schema = jsonSchema(tool.parameters);
    schemas.set(tool, schema);
    return schema;
  } catch (error) {
    throw new AgentError(
      'INVALID_DEFINITION',
      `The parameters of tool "${tool.name}" cannot be told to a model: ${errorText(error)}. Use valibot schemas, or a library with Standard JSON Schema.`,
      { name: tool.name },
    );
  }
}

/** @throws Error when the schema's library gives none. */
export function jsonSchema(schema: StandardSchemaV1): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = (
    schema['~standard'].vendor === 'valibot'
      ? toJsonSchema(schema as unknown as v.GenericSchema, { errorMode: 'throw' })
      : standardJsonSchema(schema)
  ) as Record<string, unknown>;
  return rest;
}

function standardJsonSchema(parameters: StandardSchemaV1): Record<string, unknown> {
  const standard = parameters['~standard'];
  if (!('jsonSchema' in standard)) throw new Error(`${standard.vendor} gives no JSON Schema here`);
  return (standard as StandardJSONSchemaV1.Props).jsonSchema.input({ target: 'draft-07' });
}

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
