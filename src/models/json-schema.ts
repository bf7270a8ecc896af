/**
 * JSON Schema: what a model is told of a tool's arguments, or of the outcome it is to give.
 *
 * @module
 */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { Tool } from '../agent';
import { AgentError, errorText } from '../protocol';

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
