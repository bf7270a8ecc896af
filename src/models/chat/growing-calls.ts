/**
 * Growing calls: assembles tool calls from the deltas of a stream.
 *
 * Servers may omit indexes, repeat or split names and ids, and put two calls under one index. What cannot be told apart
 * stays one call whose arguments are not JSON, which is never run.
 *
 * @module
 */
import { isPlainObject } from '../../protocol';
import { exactText } from '../exact-json';

/** A call as it came, unchecked. */
export interface GrownCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  /** Fields that chat completions do not have. */
  readonly others: Readonly<Record<string, unknown>>;
}

interface GrowingCall {
  readonly index: unknown;
  id: string;
  readonly names: string[];
  arguments: string;
  isDoubtful: boolean;
  readonly others: Record<string, unknown>;
}

/** The cost of a call beside its arguments, and of a delta that brings nothing. Unit: characters. */
const CALL_CHARS = 100;

export class GrowingCalls {
  /** Their total size. Even an empty call counts. */
  chars = 0;
  readonly #calls: GrowingCall[] = [];
  readonly #toolNames: ReadonlySet<string>;

  /** @param toolNames Names of the offered tools, which decide how pieces of a name are joined. */
  constructor(toolNames: ReadonlySet<string>) {
    this.#toolNames = toolNames;
  }

  /** @param deltas The `tool_calls` of a delta, or of a whole message. */
  addAll(deltas: readonly unknown[]): void {
    for (const delta of deltas) this.#add(delta, deltas.length > 1);
  }

  /** @param isOneOfMany Others came in the same list: without an index it is a call of its own. */
  #add(delta: unknown, isOneOfMany: boolean): void {
    if (!isPlainObject(delta)) return;
    const { index, id: givenId, type: _type, function: given, ...others } = delta;
    const made = isPlainObject(given) ? given : {};
    const id = textOf(givenId);
    const name = textOf(made['name']);
    const text = argumentsText(made['arguments']);
    const last = this.#callAt(index, id);
    let call = last;
    const isOnceMore = isRepeat(last, id, name, text);
    if (isOnceMore && isObject(text)) {
      this.chars += text.length;
      return;
    }
    const isOwn = isOneOfMany && index == null && name !== '' && !isOnceMore;
    if (last === undefined || isOwn || isAnother(last, id, name, text)) {
      call = { index, id: '', names: [], arguments: '', isDoubtful: false, others: {} };
      this.#calls.push(call);
      this.chars += CALL_CHARS;
    }
    if (call === undefined) return;
    // Named again without an id, it may be another call: then nothing of the first may be dropped.
    if (call === last && id === '' && name !== '' && isObject(call.arguments)) call.isDoubtful = true;
    if (call.id === '') call.id = id;
    if (name !== '') call.names.push(name);
    call.arguments += text;
    this.chars += name.length + text.length || CALL_CHARS;
    Object.assign(call.others, others);
  }

  #callAt(index: unknown, id: string): GrowingCall | undefined {
    if (index != null) return this.#calls.findLast((one) => one.index === index);
    return this.#calls.findLast((one) => id !== '' && one.id === id) ?? this.#calls.at(-1);
  }

  /** @param given A `function_call`, the predecessor of `tool_calls`. */
  addWhole(given: unknown): void {
    if (isPlainObject(given)) this.#add({ function: given }, false);
  }

  finish(): readonly GrownCall[] {
    return this.#calls.map(({ id, names, arguments: text, isDoubtful, others }) => ({
      id,
      name: this.#nameOf(names),
      // Some gateways send an empty object before the real one.
      arguments: isDoubtful ? text : text.replace(/^\s*\{\s*\}\s*(?=\{)/, ''),
      others,
    }));
  }

  /** A name may come once, repeatedly, longer each time, or in pieces. */
  #nameOf(names: readonly string[]): string {
    const joined = names.reduce((whole, piece) => (piece.startsWith(whole) ? piece : whole + piece), '');
    return [joined, names.join('')].find((one) => this.#toolNames.has(one)) ?? joined;
  }
}

/** The very same call. */
function isRepeat(call: GrowingCall | undefined, id: string, name: string, text: string): boolean {
  if (call === undefined || call.id !== id || call.arguments !== text) return false;
  return call.names.join('') === name || (id === '' && name === '' && isWhole(text));
}

/**
 * A name with a new id begins a new call; so does a named delta after complete arguments. Some servers give each delta
 * an id of its own: without a name it continues the call.
 */
function isAnother(call: GrowingCall, id: string, name: string, text: string): boolean {
  const isNewId = id !== '' && call.id !== '' && id !== call.id;
  if (isNewId) return name !== '' || isWhole(call.arguments);
  const hasSameId = id !== '' && id === call.id;
  return !hasSameId && name !== '' && text.trim() !== '' && isWhole(call.arguments);
}

/** Whether it is a non-empty object, so that nothing can follow. */
function isWhole(text: string): boolean {
  return /^\s*\{\s*"/.test(text) && isObject(text);
}

function isObject(text: string): boolean {
  if (!/^\s*\{[^]*\}\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Some servers send an object. */
function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : exactText(value);
}
