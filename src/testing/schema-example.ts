/**
 * Schema example: the smallest plausible value of a JSON schema, for unwritten arguments.
 *
 * Total: an unknown schema gives null, and recursion ends. Deterministic, so a demo can be repeated word for word.
 *
 * @module
 */

type Schema = Readonly<Record<string, unknown>>;

/** Deep enough for any tool's arguments, and the end of recursive schemas. */
const LIMIT_LEVELS = 12;

/**
 * A value for `schema`. Of an object, only the required properties.
 *
 * @param text Strings take its last word, or "example" when it has none.
 */
export function exampleOf(schema: unknown, text: string): unknown {
  const word =
    text
      .match(/[\p{L}\p{N}][\p{L}\p{N}_@.-]*/gu)
      ?.at(-1)
      ?.replace(/[.-]+$/, '') ?? 'example';
  return example(schema, { root: schema, word }, 0);
}

interface Source {
  /** Where `$ref` starts from. */
  readonly root: unknown;
  readonly word: string;
}

function example(schema: unknown, source: Source, level: number): unknown {
  if (!isObject(schema) || level > LIMIT_LEVELS) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (typeof schema.$ref === 'string') return example(resolve(schema.$ref, source.root), source, level + 1);
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(variants)) return example(variants[0], source, level + 1);
  switch (typeOf(schema)) {
    case 'string':
      return source.word.padEnd(numberOr(schema.minLength, 0), '.').slice(0, numberOr(schema.maxLength, Infinity));
    case 'number':
    case 'integer':
      return numberWithin(schema);
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: numberOr(schema.minItems, 0) }, () => example(schema.items, source, level + 1));
    case 'object':
      return objectOf(schema, source, level);
    default:
      return null;
  }
}

function objectOf(schema: Schema, source: Source, level: number): object {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(required.map((name) => [name, example(properties[name], source, level + 1)]));
}

/** 1, or the nearest number within the bounds. */
function numberWithin(schema: Schema): number {
  const least = Math.max(numberOr(schema.minimum, -Infinity), numberOr(schema.exclusiveMinimum, -Infinity) + 1);
  const most = Math.min(numberOr(schema.maximum, Infinity), numberOr(schema.exclusiveMaximum, Infinity) - 1);
  return Math.min(Math.max(1, least), most);
}

function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== 'null') ?? 'null';
  return schema.type ?? (isObject(schema.properties) ? 'object' : undefined);
}

/** Follows a reference within the document, such as `#/$defs/address`. */
function resolve(reference: string, root: unknown): unknown {
  const path = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const unescaped = path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return unescaped.reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), root);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
