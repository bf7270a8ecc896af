/**
 * Incoming: an event or answer as it arrives, read without trust.
 *
 * Total: any payload becomes a value, with a `problem` if it cannot be used.
 *
 * @module
 */
import {
  byteLength,
  canonicalJson,
  cutText,
  errorText,
  extendsType,
  HumanResponseEvent,
  isPlainObject,
  LIMITS,
  lostField,
  takeJson,
  undecodableProblem,
  type AnyEvent,
  type JsonObject,
} from '../../protocol';
import { isQuestionId } from './question-id';
import type { Incoming } from './question';

/** Reads a `HumanResponseEvent` signal or a `respond` update. A bare string means `{response}`. */
export function readAnswer(payload: unknown): Incoming {
  const incoming = read(typeof payload === 'string' ? { response: payload } : payload);
  if (incoming.problem !== undefined || incoming.type === undefined) return incoming;
  return extendsType(incoming.type, HumanResponseEvent.type)
    ? incoming
    : { ...incoming, problem: `its type "${incoming.type}" is no HumanResponseEvent; send it by the signal sendEvent` };
}

export function readEvent(payload: unknown): Incoming {
  const incoming = read(payload);
  return incoming.problem === undefined && incoming.type === undefined
    ? { ...incoming, problem: 'it has no "type"; an answer can be sent by the signal HumanResponseEvent instead' }
    : incoming;
}

export function isAnswer(incoming: Incoming): boolean {
  return incoming.type === undefined || extendsType(incoming.type, HumanResponseEvent.type);
}

/** As it was sent, to be read again elsewhere. */
export function asSent({ fields, type, inputId, answerId }: Incoming): JsonObject {
  return {
    ...(fields as JsonObject),
    ...(type === undefined ? {} : { type }),
    ...(inputId === undefined ? {} : { inputId }),
    ...(answerId === undefined ? {} : { answerId }),
  };
}

/** Its content, for comparison. An untyped answer counts as one of the `expected` type. */
export function contentOf({ fields, type }: Pick<Incoming, 'fields' | 'type'>, expected: string): string {
  return canonicalJson(type === undefined || type === expected ? fields : { ...fields, type });
}

export function asEvent(incoming: Incoming, type: string, inputId: string | undefined): AnyEvent {
  return {
    ...incoming.fields,
    type: incoming.type ?? type,
    ...(inputId === undefined ? {} : { inputId }),
    ...(incoming.answerId === undefined ? {} : { answerId: incoming.answerId }),
  };
}

function read(payload: unknown): Incoming {
  const unusable = (problem: string): Incoming => ({ fields: {}, problem, received: show(payload), bytes: 0 });
  if (payload === undefined) return unusable('nothing was sent');
  const undecodable = undecodableProblem(payload);
  if (undecodable !== undefined) return unusable(undecodable);
  const taken = takeJson(payload);
  if ('problem' in taken) return unusable(taken.problem);
  const sent = taken.value;
  if (!isPlainObject(sent)) return unusable(`${sent === null ? 'null' : kindOf(sent)} was sent`);
  const text = JSON.stringify(sent);
  const bytes = byteLength(text);
  if (bytes > LIMITS.messageBytes) return unusable(`it has ${bytes} bytes; at most ${LIMITS.messageBytes} are taken`);
  const { type, inputId, answerId, seq: _seq, id: _id, time: _time, ...fields } = sent;
  for (const [name, value] of Object.entries({ type, inputId, answerId })) {
    if (value !== undefined && (typeof value !== 'string' || value === '' || value.length > LIMITS.nameChars)) {
      return unusable(`its "${name}" must be a text of 1 to ${LIMITS.nameChars} characters`);
    }
  }
  const lost = lostField(payload as Record<string, unknown>);
  const misnamed = inputId === undefined ? misnamedField(fields, type) : undefined;
  return {
    fields,
    bytes,
    ...(lost === undefined ? {} : { lost }),
    ...(misnamed === undefined ? {} : { misnamed }),
    received: cutText(text, LIMITS.refusedKeptBytes),
    ...(type === undefined ? {} : { type: type as string }),
    ...(inputId === undefined ? {} : { inputId: inputId as string }),
    ...(answerId === undefined ? {} : { answerId: answerId as string }),
  };
}

/** Finds `inputid`, `input_id`, or a question's id under any other name: the sender means one question. */
function misnamedField(fields: Readonly<Record<string, unknown>>, type: unknown): string | undefined {
  const names = Object.keys(fields);
  const name = names.find((one) => one.replace(/[^a-z]/gi, '').toLowerCase() === 'inputid');
  if (name !== undefined || (typeof type === 'string' && !extendsType(type, HumanResponseEvent.type))) return name;
  return names.find((one) => isQuestionId(fields[one]));
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function show(payload: unknown): string {
  if (ArrayBuffer.isView(payload)) return `(${payload.byteLength} bytes)`; // As JSON, each byte would be a field.
  try {
    return cutText(JSON.stringify(payload) ?? '', LIMITS.refusedKeptBytes);
  } catch (error) {
    return `(${errorText(error)})`;
  }
}
