/**
 * JSON types: a scenario's words for the values of a field, as schemas.
 *
 * @module
 */
import * as v from 'valibot';

const SCHEMAS: Readonly<Record<string, v.GenericSchema>> = {
  string: v.string(),
  integer: v.pipe(v.number(), v.integer()),
  number: v.number(),
  boolean: v.boolean(),
  array: v.array(v.any()),
  object: v.record(v.string(), v.any()),
  null: v.null(),
  any: v.any(),
};

/** @throws Error for a type that JSON does not have. */
export function schemasOf(types: Readonly<Record<string, string>>): Record<string, v.GenericSchema> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const schema = SCHEMAS[type];
      if (schema === undefined) throw new Error(`"${name}" is of type "${type}", which JSON does not have.`);
      return [name, schema];
    }),
  );
}
