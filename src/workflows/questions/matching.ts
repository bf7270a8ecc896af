/**
 * Matching: whether one incoming event fits one wait. `judge.ts` decides among several.
 *
 * @module
 */
import { extendsType, HumanResponseEvent, sameJson, schemaProblem, type JsonObject } from '../../protocol';
import { asEvent } from './incoming';
import type { Expectation, Incoming } from './question';

export function takes(expectation: Expectation, incoming: Incoming): boolean {
  return (
    hasType(expectation, incoming) &&
    meets(incoming.fields, expectation.requirements) &&
    shapeProblem(expectation, incoming) === undefined
  );
}

/** An untyped answer fits any wait for a HumanResponseEvent. */
export function hasType(expectation: Expectation, incoming: Incoming): boolean {
  const { type } = expectation.definition;
  return incoming.type === undefined ? extendsType(type, HumanResponseEvent.type) : extendsType(incoming.type, type);
}

export function shapeProblem({ definition }: Expectation, incoming: Incoming): string | undefined {
  return schemaProblem(definition.schema, asEvent(incoming, definition.type, undefined));
}

/** Whether all required fields are equal. An absent field equals `null`. */
export function meets(fields: Readonly<Record<string, unknown>>, requirements: JsonObject): boolean {
  return Object.entries(requirements).every(([name, value]) =>
    sameJson(Object.hasOwn(fields, name) ? (fields[name] ?? null) : null, value ?? null),
  );
}

/** Whether the fields that both have are equal. */
export function agrees(event: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(fields).every(([name, value]) => !Object.hasOwn(event, name) || sameJson(event[name], value));
}
