/**
 * Event types: a scenario's names for events, as the type paths and definitions of ours.
 *
 * A type that extends another is a path below it. In the original neither a question nor an answer declares a field,
 * so a type that extends one has only the fields it declares itself.
 *
 * @module
 */
import { defineEvent, type EventDefinition, HumanResponseEvent, InputRequiredEvent } from 'countersign';
import * as v from 'valibot';
import { schemasOf } from './json-types';
import type { EventTypes } from './scenario';

/** The base of all: to extend it is to extend nothing. */
const EVENT = 'Event';
const OURS = [InputRequiredEvent, HumanResponseEvent] as readonly EventDefinition[];

/** @throws Error for a type that extends itself. */
export function typePath(name: string, types: EventTypes): string {
  return definitionOf(name, types).type;
}

/** The last part of a type path: the name the original knows it by. */
export function typeName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @throws Error for a type that extends itself. */
export function definitionOf(name: string, types: EventTypes, below: readonly string[] = []): EventDefinition {
  const own = OURS.find(({ type }) => type === name);
  if (own !== undefined) return own;
  if (below.includes(name)) throw new Error(`The event type "${name}" extends itself.`);
  const { base = EVENT, fields = {} } = types[name] ?? {};
  const schemas = schemasOf(fields);
  if (base === EVENT) return defineEvent(name, schemas) as EventDefinition;
  const parent = definitionOf(base, types, [...below, name]);
  const inherited = { [InputRequiredEvent.type]: 'prefix', [HumanResponseEvent.type]: 'response' }[base];
  const loosened = inherited === undefined ? {} : { [inherited]: v.optional(v.string()) };
  return parent.extend(name, { ...loosened, ...schemas }) as EventDefinition;
}
