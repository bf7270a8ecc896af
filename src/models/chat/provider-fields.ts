/**
 * Provider fields: what a provider sends with a reply and wants back.
 *
 * Mostly thought signatures and reasoning, without which Gemini, DeepSeek and others refuse the next request of a turn.
 * Kept as they came, without being understood.
 *
 * @module
 */
import { isPlainObject, jsonBytes, jsonProblem, LIMITS, type JsonObject, type ProviderFields } from '../../protocol';
import { asJsonParse } from '../exact-json';

/** Message fields that providers want back. Others only describe the message. */
const WANTED_BACK = /^(extra_content|reasoning_(content|details|opaque|signature|text_signature)|thinking_blocks)$/;
/** Reasoning is wanted back only beside tool calls; elsewhere DeepSeek refuses it. */
const BESIDE_CALLS = 'reasoning_content';
/** Call fields of chat completions. All others go back. */
const OWN = new Set(['index', 'id', 'type', 'function', 'custom']);

/** Merges the fields of a delta: texts and lists continue, anything else is replaced. */
export function growFields(fields: Record<string, unknown>, delta: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(delta)) {
    if (!WANTED_BACK.test(key) || value === null || value === undefined) continue;
    const before = fields[key];
    if (typeof before === 'string' && typeof value === 'string') fields[key] = before + value;
    else if (Array.isArray(value)) fields[key] = value.reduce(continued, Array.isArray(before) ? before : []);
    else if (isPlainObject(before) && isPlainObject(value)) fields[key] = { ...before, ...value };
    else fields[key] = value;
  }
}

/** Texts of list parts that come in pieces. */
const PIECES = ['text', 'summary', 'thinking'];

/** The list with one more part, or with its last part extended. */
function continued(parts: unknown[], part: unknown): unknown[] {
  const last = parts.at(-1);
  const longer = isPlainObject(last) && isPlainObject(part) ? joined(last, part) : undefined;
  return longer === undefined ? [...parts, part] : parts.with(-1, longer);
}

function joined(
  last: Readonly<Record<string, unknown>>,
  part: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const piece = PIECES.find((key) => typeof part[key] === 'string') ?? '';
  const [before, after] = [last[piece], part[piece]];
  const isSame = last['type'] === part['type'] && last['index'] === part['index'] && last['signature'] == null;
  if (!isSame || typeof before !== 'string' || typeof after !== 'string') return undefined;
  const added = Object.entries(part).filter(([, value]) => value != null);
  return { ...last, ...Object.fromEntries(added), [piece]: before + after };
}

export interface ReplyFields {
  readonly message: Readonly<Record<string, unknown>>;
  /** By the id of the call. */
  readonly calls: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** @param of Their owner. @returns `undefined` when there are none, or more than can be kept. */
export function keptFields(of: string, { message, calls }: ReplyFields): ProviderFields | undefined {
  const ofMessage = Object.entries(message).filter(([key]) => key !== BESIDE_CALLS || calls.size > 0);
  const ofCalls = [...calls].flatMap(([id, fields]) => {
    const kept = Object.entries(fields).filter(([key, value]) => !OWN.has(key) && value != null);
    return kept.length === 0 ? [] : [[id, Object.fromEntries(kept)] as const];
  });
  if (ofMessage.length === 0 && ofCalls.length === 0) return undefined;
  const fields = {
    of,
    ...(ofMessage.length === 0 ? {} : { message: Object.fromEntries(ofMessage) as JsonObject }),
    ...(ofCalls.length === 0 ? {} : { calls: Object.fromEntries(ofCalls) as Record<string, JsonObject> }),
  };
  const fits = jsonProblem(fields, LIMITS.wrapDepth) === undefined && jsonBytes(fields) <= LIMITS.providerFieldsBytes;
  return fits ? asJsonParse(fields) : undefined;
}
