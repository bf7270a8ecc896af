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
/** Beyond so many, kinds are told as one. */
const MAX_KINDS = 32;
const MAX_DESCRIPTION_CHARS = 1000;

/** Which fields there are, and which must be there. */
interface Fields {
  readonly properties: JsonObject;
  readonly required: readonly string[];
  readonly isClosed: boolean;
}

/** @param schema Of a tool's parameters. */
export function rootObject(schema: JsonObject): JsonObject {
  const kinds = kindsOf(schema, schema, new Set());
  if (schema['type'] === 'object' && !JOINED.some((key) => key in schema) && !lacksRequired(schema)) return schema;
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
function kindsOf(schema: unknown, root: JsonObject, followed: ReadonlySet<string>): readonly Fields[] {
  if (!isPlainObject(schema)) return [];
  const { $ref: reference, allOf: all, type, properties, required, additionalProperties } = schema;
  const below = (one: unknown): readonly Fields[] => kindsOf(one, root, followed);
  const parts: (readonly Fields[])[] = [];
  if (typeof reference === 'string' && !followed.has(reference)) {
    parts.push(kindsOf(target(reference, root), root, new Set([...followed, reference])));
  }
  if (Array.isArray(all)) parts.push(...all.map(below));
  for (const either of [schema['anyOf'], schema['oneOf']]) if (Array.isArray(either)) parts.push(either.flatMap(below));
  if (type === 'object' || isPlainObject(properties)) {
    const names = Array.isArray(required) ? (required as readonly string[]) : [];
    const any = isPlainObject(additionalProperties) ? (additionalProperties as JsonObject) : {};
    const own = isPlainObject(properties) ? (properties as JsonObject) : {};
    parts.push([
      {
        // Gemini refuses a required field that is not told.
        properties: {
          ...own,
          ...Object.fromEntries(names.filter((one) => !Object.hasOwn(own, one)).map((one) => [one, any])),
        },
        required: names,
        isClosed: additionalProperties === false,
      },
    ]);
  }
  return parts.reduce<readonly Fields[]>((known, added) => {
    if (known.length === 0 || added.length === 0) return [...known, ...added];
    if (known.length * added.length > MAX_KINDS) return [both(anyOf(known), anyOf(added))];
    return known.flatMap((one) => added.map((other) => both(one, other)));
  }, []);
}

function lacksRequired({ required, properties }: JsonObject): boolean {
  const names = Array.isArray(required) ? (required as readonly string[]) : [];
  return names.some((name) => !isPlainObject(properties) || !Object.hasOwn(properties, name));
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
  const names = new Set([...Object.keys(one.properties), ...Object.keys(other.properties)]);
  return {
    properties: Object.fromEntries(
      [...names].map((name) => [name, bothTypes(ownOf(one.properties, name), ownOf(other.properties, name))]),
    ),
    required: [...new Set([...one.required, ...other.required])],
    isClosed: one.isClosed && other.isClosed,
  };
}

function ownOf(properties: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** A value of both types. Where that cannot be told, the one with fewer values. */
function bothTypes(one: Json | undefined, other: Json | undefined): Json {
  if (one === undefined || other === undefined) return one ?? other ?? {};
  if (!isPlainObject(one) || !isPlainObject(other) || JSON.stringify(one) === JSON.stringify(other)) return one;
  if (one['type'] === 'object' && other['type'] === 'object') return rootObject({ allOf: [one, other] });
  return 'enum' in other || 'const' in other ? other : one;
}

function anyOf(kinds: readonly Fields[]): Fields {
  const names = new Set(kinds.flatMap(({ properties }) => Object.keys(properties)));
  const [first] = kinds;
  return {
    properties: Object.fromEntries(
      [...names].map((name) => [name, anyType(kinds.flatMap(({ properties }) => ownOf(properties, name) ?? []))]),
    ),
    required: (first?.required ?? []).filter((name) => kinds.every(({ required }) => required.includes(name))),
    isClosed: kinds.length > 0 && kinds.every(({ isClosed }) => isClosed),
  };
}

function anyType(types: readonly Json[]): Json {
  const different = [...new Map(types.map((type) => [JSON.stringify(type), type])).values()];
  const [only = {}] = different;
  if (different.length === 1) return only;
  const all = different.flatMap((type) => (isPlainObject(type) && 'const' in type ? [type['const'] as Json] : []));
  if (all.length < different.length) return { anyOf: different };
  const values = [...new Set(all)];
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
