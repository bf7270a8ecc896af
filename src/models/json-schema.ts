/**
 * JSON Schema: tells a model a tool's arguments, or the outcome it must give.
 *
 * Draft 2020-12, without what only some providers read. Checks that JSON Schema cannot express are omitted here and
 * still enforced.
 *
 * @module
 */
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { AgentWorkflowDefinition, Tool } from '../agent';
import { AgentError, errorText, isPlainObject, type JsonObject } from '../protocol';
import { rootObject } from './root-object';

/** Cached, since every model call sends them. */
const schemas = new WeakMap<StandardSchemaV1, JsonObject>();
const roots = new WeakMap<JsonObject, JsonObject>();

/**
 * A tool's arguments as JSON Schema.
 *
 * @throws AgentError `INVALID_DEFINITION` when its schema cannot be told to a model.
 */
export function argumentsSchema({ name, parameters }: Tool): JsonObject {
  const schema = told(parameters, `The parameters of tool "${name}"`, name);
  const known = roots.get(schema) ?? rootObject(schema);
  roots.set(schema, known);
  return known;
}

/** The outcome of a run as JSON Schema, where its definition wants one. @throws As `argumentsSchema`. */
export function outputSchema({ name, output }: AgentWorkflowDefinition): JsonObject | undefined {
  return output === undefined ? undefined : told(output, `The output of "${name}"`, name);
}

function told(schema: StandardSchemaV1, what: string, name: string): JsonObject {
  try {
    return jsonSchema(schema);
  } catch (error) {
    const why = errorText(error).replace(/\.$/, '');
    throw new AgentError(
      'INVALID_DEFINITION',
      `${what} cannot be told to a model: ${why}. Use types that JSON has (a date is a text, for one), by valibot, or by a library with Standard JSON Schema such as zod 4.`,
      { name },
    );
  }
}

/** @throws Error when the schema's library gives none. */
export function jsonSchema(schema: StandardSchemaV1): JsonObject {
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const { $schema: _dialect, ...rest } = widelyRead(
    schema['~standard'].vendor === 'valibot' ? valibotSchema(schema) : standardSchema(schema),
  ) as JsonObject;
  schemas.set(schema, rest);
  return rest;
}

function valibotSchema(schema: StandardSchemaV1): unknown {
  return toJsonSchema(schema as unknown as v.GenericSchema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'throw',
    // An action narrows a schema: omitting it tells the model less, and nothing wrong.
    overrideAction: ({ errors, jsonSchema: told }) => (errors === undefined ? undefined : told),
  });
}

function standardSchema(schema: StandardSchemaV1): unknown {
  const standard = schema['~standard'];
  if (!('jsonSchema' in standard)) throw new Error(`${standard.vendor} gives no JSON Schema here`);
  const { input } = (standard as StandardJSONSchemaV1.Props).jsonSchema;
  try {
    return input({ target: 'draft-2020-12' });
  } catch {
    return input({ target: 'draft-07' });
  }
}

/**
 * A tuple becomes an array of its types: draft 07 and 2020-12 write tuples differently, and some providers take
 * neither.
 */
function widelyRead(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(widelyRead);
  if (!isPlainObject(schema)) return schema;
  const told = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, widelyRead(value)]));
  const { prefixItems, items, additionalItems, ...others } = told;
  const places = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : undefined;
  if (places === undefined) return told;
  const rest = Array.isArray(items) ? additionalItems : items;
  const isOpen = isPlainObject(rest);
  const types = [...new Map([...places, ...(isOpen ? [rest] : [])].map((one) => [JSON.stringify(one), one])).values()];
  return {
    ...others,
    items: types.length === 1 ? types[0] : { anyOf: types },
    minItems: others['minItems'] ?? places.length,
    ...(isOpen ? {} : { maxItems: others['maxItems'] ?? places.length }),
  };
}
