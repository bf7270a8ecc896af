/**
 * Event definitions: what passes between a run and the people watching it.
 *
 * An event is plain JSON with a `type`, so it means the same in a workflow, over HTTP and in a file.
 * A `type` is a path: `InputRequiredEvent/RefundApproval` is an `InputRequiredEvent`, so what extends
 * a type needs no registry on the other side. Fields beyond the declared ones are kept.
 *
 * @module
 */
import * as v from 'valibot';
import { AgentError, errorText } from './errors';
import { cutText, jsonBytes, jsonProblem } from './json';
import { LIMITS } from './limits';

/** What the run stamps on an event, or an answer carries to name its question. */
export interface EventStamps {
  readonly type: string;
  /** Place on the durable stream of the run: from 0, without gaps. */
  readonly seq?: number;
  /** Unique over all runs. */
  readonly id?: string;
  /** When the run wrote it: ISO 8601, UTC. */
  readonly time?: string;
  /** The question this event asks or answers. */
  readonly inputId?: string;
  /** Chosen by the sender of an answer: the same answer sent twice counts once. */
  readonly answerId?: string;
}

/** Names that no definition may declare. */
export const RESERVED_FIELDS = ['type', 'seq', 'id', 'time', 'inputId', 'answerId'] as const;

/** What the run alone stamps: an event that is sent must not carry one of its own under that name. */
const STREAM_STAMPS = ['seq', 'id', 'time'] as const;

/**
 * A field of what is sent to a run that would be lost, because the stream stamps its events with that name. An event that
 * is sent on exactly as the stream gave it loses nothing.
 */
export function lostField(sent: Readonly<Record<string, unknown>>): string | undefined {
  const { seq, id, time } = sent;
  if (Number.isInteger(seq) && typeof id === 'string' && id.endsWith(`:${String(seq)}`) && typeof time === 'string') {
    return undefined;
  }
  return STREAM_STAMPS.find((name) => sent[name] !== undefined);
}

/** What an event says: its type and its fields without the stamps. */
export function unstamped(event: object): object {
  const stamps: readonly string[] = RESERVED_FIELDS.filter((name) => name !== 'type');
  return Object.fromEntries(Object.entries(event).filter(([name]) => !stamps.includes(name)));
}

/** What is wrong with such a field. */
export function lostFieldProblem(name: string): string {
  return `its field "${name}" is a name of the stream's own and would be lost; give it another name`;
}

/** Any event. Fields that no definition declares are `unknown`. */
export type AnyEvent = EventStamps & { readonly [field: string]: unknown };

/** An event with declared fields `F`, and whatever else it carries. */
export type EventOf<F> = Readonly<F> & AnyEvent;

export type FieldSchemas = Readonly<Record<string, v.GenericSchema>>;
type FieldsOf<E extends FieldSchemas> = v.InferInput<v.ObjectSchema<E, undefined>>;

/** What an event is. Call it to make one. */
export interface EventDefinition<F = unknown> {
  /** @throws AgentError `INVALID_EVENT` when the fields do not fit, or are not JSON. */
  (fields: F & { readonly [extra: string]: unknown }): EventOf<F>;
  readonly type: string;
  /** Validates the declared fields, and lets others through. */
  readonly schema: v.GenericSchema;
  /** Whether a value is an event of this type, or of one that extends it. */
  is(value: unknown): value is EventOf<F>;
  /** A type that extends this one: it has these fields too, and counts as one of these. */
  extend<E extends FieldSchemas = Record<never, never>>(
    name: string,
    fields?: E,
  ): EventDefinition<Omit<F, keyof E> & FieldsOf<E>>;
}

/** The fields of an event, from its definition. */
export type FieldsOfEvent<D> = D extends EventDefinition<infer F> ? F : never;

/**
 * Define an event.
 *
 * @param name A letter, then letters, digits, `_`, `-` or `.`.
 * @param fields A valibot schema for each field. Others are kept as they are.
 * @throws AgentError `INVALID_DEFINITION` for a bad name or a reserved field name.
 */
export function defineEvent<E extends FieldSchemas>(name: string, fields: E): EventDefinition<FieldsOf<E>> {
  return define<FieldsOf<E>>(undefined, name, fields);
}

function define<F>(parent: string | undefined, name: string, fields: FieldSchemas): EventDefinition<F> {
  if (!/^[A-Za-z][A-Za-z0-9_.-]*$/.test(name)) {
    throw new AgentError(
      'INVALID_DEFINITION',
      `"${name}" cannot name an event: use a letter, then letters, digits, "_", "-" or "."`,
      { name },
    );
  }
  const reserved = RESERVED_FIELDS.find((field) => Object.hasOwn(fields, field));
  if (reserved !== undefined) {
    throw new AgentError(
      'INVALID_DEFINITION',
      `Event "${name}" declares the field "${reserved}", which is reserved: rename it. Reserved are ${RESERVED_FIELDS.join(', ')}.`,
      { name },
    );
  }
  const type = parent === undefined ? name : `${parent}/${name}`;
  const schema = v.looseObject({ ...fields });
  const definition = Object.assign(
    (values: F & { readonly [extra: string]: unknown }): EventOf<F> => {
      const event = { ...values, type } as EventOf<F>;
      const problem = eventProblem(definition, event);
      if (problem !== undefined) {
        throw new AgentError('INVALID_EVENT', `This is no ${type}: ${problem}.`, { type });
      }
      return event;
    },
    {
      type,
      schema,
      is: (value: unknown): value is EventOf<F> => isEvent(value) && extendsType(value.type, type),
      extend: <X extends FieldSchemas>(child: string, more?: X) =>
        define<Omit<F, keyof X> & FieldsOf<X>>(type, child, { ...fields, ...more }),
    },
  ) as EventDefinition<F>;
  return definition;
}

/** Whether a type path is `base`, or extends it. */
export function extendsType(type: string, base: string): boolean {
  return type === base || type.startsWith(`${base}/`);
}

export function isEvent(value: unknown): value is AnyEvent {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Say why a value is no event of a definition, or undefined when it is one. */
function eventProblem(definition: Pick<EventDefinition, 'schema'>, event: object): string | undefined {
  return jsonProblem(event) ?? schemaProblem(definition.schema, event);
}

/** Say why a value does not fit a schema: at most three issues, each with its path. */
export function schemaProblem(schema: v.GenericSchema, value: unknown): string | undefined {
  let result: v.SafeParseResult<v.GenericSchema>;
  try {
    result = v.safeParse(schema, value, { abortEarly: true });
    if (!result.success && jsonBytes(value) <= LIMITS.fullyCheckedBytes) result = v.safeParse(schema, value);
  } catch (error) {
    return `its schema failed, ${errorText(error)}`;
  }
  if (result.success) return undefined;
  return result.issues
    .slice(0, 3)
    .map((issue) => {
      const path = v.getDotPath(issue);
      const text = issue.message.replace(/^Invalid (\w+): /, '');
      const said = path === null || text.includes(`"${path}"`) ? text : `"${path}": ${text}`;
      return cutText(said, LIMITS.schemaIssueBytes); // It quotes what was sent.
    })
    .join('; ');
}
