/**
 * Root object: a tool's arguments as one plain object.
 *
 * OpenAI, Anthropic and others refuse tools whose schema has a union, an intersection or a reference at its root. What
 * is merged here tells a model less than the schema, which still checks what the model sends.
 *
 * @module
 */
import { cutText, isPlainObject, type JsonObject, type Json } from '../protocol';

const JOINED = ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'enum', 'const', 'if', 'then', 'else'];
/** References that lead to themselves end. */
const MAX_DEPTH = 8;
const MAX_DESCRIPTION_CHARS = 1000;

/** Which fields there are, and which must be there. */
interface Fields {
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly isClosed: boolean;
}

/** @param schema Of a tool's parameters. */
export function rootObject(schema: JsonObject): JsonObject {
  if (schema['type'] === 'object' && !JOINED.some((key) => key in schema)) return schema;
  const kinds = kindsOf(schema, schema, 0);
  const { properties, required, isClosed } = anyOf(kinds);
  const others = Object.entries(schema).filter(
    ([key]) => !JOINED.includes(key) && !['type', 'properties', 'required', 'additionalProperties'].includes(key),
  );
  return {
    ...Object.fromEntries(others),
    type: 'object',
    ...(kinds.length > 1 ? { description: told(kinds, schema['description']) } : {}),
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(isClosed ? { additionalProperties: false } : {}),
  };
}

/** The objects that a schema allows. */
function kindsOf(schema: unknown, root: JsonObject, depth: number): readonly Fields[] {
  if (!isPlainObject(schema) || depth > MAX_DEPTH) return [];
  const { $ref: reference, allOf: all, type, properties, required, additionalProperties } = schema;
  const below = (one: unknown): readonly Fields[] => kindsOf(one, root, depth + 1);
  const parts: (readonly Fields[])[] = [];
  if (typeof reference === 'string') parts.push(below(target(reference, root)));
  if (Array.isArray(all)) parts.push(...all.map(below));
  for (const either of [schema['anyOf'], schema['oneOf']]) if (Array.isArray(either)) parts.push(either.flatMap(below));
  if (type === 'object' || isPlainObject(properties)) {
    parts.push([
      {
        properties: isPlainObject(properties) ? (properties as JsonObject) : {},
        required: Array.isArray(required) ? (required as readonly string[]) : [],
        isClosed: additionalProperties === false,
      },
    ]);
  }
  return parts.reduce<readonly Fields[]>(
    (known, added) => (known.length === 0 ? added : known.flatMap((one) => added.map((other) => both(one, other)))),
    [],
  );
}

/** @param reference A JSON Pointer within the document. */
function target(reference: string, root: JsonObject): unknown {
  if (!reference.startsWith('#')) return undefined;
  const keys = reference.slice(1).split('/').filter(Boolean);
  return keys.reduce<unknown>((value, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    return isPlainObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, root);
}

function both(one: Fields, other: Fields): Fields {
  return {
    properties: { ...one.properties, ...other.properties },
    required: [...new Set([...one.required, ...other.required])],
    isClosed: one.isClosed && other.isClosed,
  };
}

function anyOf(kinds: readonly Fields[]): Fields {
  const names = new Set(kinds.flatMap(({ properties }) => Object.keys(properties)));
  const [first] = kinds;
  return {
    properties: Object.fromEntries(
      [...names].map((name) => [name, anyType(kinds.flatMap(({ properties }) => properties[name] ?? []))]),
    ),
    required: (first?.required ?? []).filter((name) => kinds.every(({ required }) => required.includes(name))),
    isClosed: kinds.length > 0 && kinds.every(({ isClosed }) => isClosed),
  };
}

function anyType(types: readonly Json[]): Json {
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const [only = {}] = different;
  if (different.length === 1) return only;
  const values = different.flatMap((type) => (isPlainObject(type) && 'const' in type ? [type['const'] as Json] : []));
  if (values.length < different.length) return { anyOf: different };
  return { ...(values.every((value) => typeof value === 'string') ? { type: 'string' } : {}), enum: values };
}

/** Which fields belong together, in words. */
function told(kinds: readonly Fields[], description: unknown): string {
  const lists = kinds.map(({ properties, required }) =>
    Object.entries(properties)
      .map(([name, type]) => {
        const value = isPlainObject(type) && 'const' in type ? ` ${JSON.stringify(type['const'])}` : '';
        return `${name}${value}${required.includes(name) ? '' : ' (optional)'}`;
      })
      .join(', '),
  );
  const own = typeof description === 'string' ? `${description}\n` : '';
  return cutText(`${own}Give the fields of one of these: ${lists.join('; ')}.`, MAX_DESCRIPTION_CHARS);
}
