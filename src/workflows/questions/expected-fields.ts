/**
 * Expected fields: the fields of an answer, simple enough to make a form of.
 *
 * Derived from the schema that validates the answer. A field that this cannot express is `json`.
 *
 * @module
 */
import type { ExpectedField, FieldKind, JsonPrimitive } from '../../protocol';

interface Schema {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Schema>>;
  /** The schema inside an optional or nullable one. */
  readonly wrapped?: Schema;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
}

const KINDS: readonly string[] = ['string', 'number', 'boolean'] satisfies readonly FieldKind[];
const OPTIONAL: readonly string[] = ['optional', 'exact_optional', 'nullish', 'undefinedable'];
const REQUIRED: readonly string[] = ['non_optional', 'non_nullish'];

export function expectedFields(schema: object): readonly ExpectedField[] {
  return Object.entries((schema as Schema).entries ?? {}).map(([name, field]) => expectedField(name, field));
}

function expectedField(name: string, schema: Schema, isOptional?: boolean): ExpectedField {
  const { type = '', wrapped, options, literal } = schema;
  if (wrapped !== undefined) {
    // The outermost wrapper decides.
    return expectedField(
      name,
      wrapped,
      isOptional ?? (OPTIONAL.includes(type) ? true : REQUIRED.includes(type) ? false : undefined),
    );
  }
  const choices = (type === 'picklist' ? (options ?? []) : type === 'literal' ? [literal] : []).filter(isPrimitive);
  return {
    name,
    kind: (KINDS.includes(type) ? type : 'json') as FieldKind,
    ...(isOptional === true ? { isOptional } : {}),
    ...(choices.length === 0 ? {} : { choices }),
  };
}

function isPrimitive(value: unknown): value is JsonPrimitive {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
