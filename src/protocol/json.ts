/**
 * JSON: the only data that crosses a boundary of a run.
 *
 * Everything that arrives from outside is checked here once, without trusting it: depth is bounded
 * before anything recurses, and keys that would reach an object's prototype are refused.
 *
 * @module
 */
import { LIMITS } from './limits';

export type JsonPrimitive = string | number | boolean | null;
export type Json = JsonPrimitive | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A value that was taken in as JSON, or why it could not be. */
export type TakenJson<T = unknown> = { readonly value: T } | { readonly problem: string };

/**
 * Copy a value as JSON that may enter a run, or say why it cannot.
 *
 * Total, and each part is read once: a getter or a proxy that gives something else the next time changes nothing.
 * Fields that are undefined are left out, undefined items are null, as JSON.stringify has it.
 *
 * @param depth Levels that will be around it.
 */
export function takeJson<T>(value: T, depth = 0, most: number = LIMITS.jsonDepth): TakenJson<T> {
  try {
    return { value: take(value, depth, { most, values: 0 }) as T };
  } catch (error) {
    return { problem: error instanceof NotJson ? error.message : 'it cannot be read' };
  }
}

/** Say why a value is not JSON that may enter a run, or undefined when it is. @param depth Levels that will be around it. */
export function jsonProblem(value: unknown, depth = 0, most: number = LIMITS.jsonDepth): string | undefined {
  const taken = takeJson(value, depth, most);
  return 'problem' in taken ? taken.problem : undefined;
}

class NotJson extends Error {}

function take(value: unknown, depth: number, bounds: { readonly most: number; values: number }): unknown {
  bounds.values += 1;
  if (bounds.values > LIMITS.jsonValues) throw new NotJson(`it has more than ${LIMITS.jsonValues} values`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new NotJson(`${value} is not a JSON number`);
  }
  if (typeof value !== 'object') throw new NotJson(`a ${typeof value} is not JSON`);
  if (depth >= bounds.most) throw new NotJson(`it is nested more than ${bounds.most} levels deep`);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(take(item === undefined ? null : item, depth + 1, bounds));
    return items;
  }
  if (!isPlainObject(value)) throw new NotJson(`a ${String(value.constructor?.name ?? 'value')} is not plain JSON`);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw new NotJson('it has a key "__proto__"');
    const field = value[key];
    if (field !== undefined) copy[key] = take(field, depth + 1, bounds);
  }
  return copy;
}

/**
 * A copy that shares nothing that can be changed. Give it checked JSON only.
 *
 * What a tool holds must never be a part of what the run keeps.
 */
export function copyJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyJson) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyJson(field as unknown)])) as T;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Compared by shape: an object made outside the workflow sandbox has another realm's prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The same text for the same JSON, whatever the order of its keys. Give it checked JSON only. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    isPlainObject(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : field,
  );
}

export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonicalJson(a) === canonicalJson(b));
}

const encoder = new TextEncoder();

/** The size of a text in UTF-8, as Temporal counts it. Unit: bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

export function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 0 : byteLength(text);
}

/**
 * A text as the message of an error that leaves this process: not longer than anybody reads, and without halves of
 * characters. Temporal tries a task again for ever, or gives up the worker, whose failure is too large or no UTF-8.
 */
export function messageText(text: string): string {
  return cutText(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'), LIMITS.messageTextBytes);
}

/** At most `limitBytes` bytes of a text, cut between characters. */
export function cutText(text: string, limitBytes: number): string {
  if (text.length * 3 <= limitBytes || byteLength(text) <= limitBytes) return text;
  let end = Math.min(text.length, limitBytes);
  while (byteLength(text.slice(0, end)) > limitBytes - 3) end = Math.floor(end * 0.9);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}
