/**
 * Read reply: the result of a model call, read without trusting it.
 *
 * Mostly our own activity; but Temporal lets an operator complete one by hand, with anything.
 *
 * @module
 */
import { type JsonObject, isPlainObject, jsonBytes, messageText, takeJson } from '../json';
import { LIMITS } from '../limits';
import { undecodableProblem } from '../unreadable';
import type { Usage } from '../usage';
import type { ModelToolCall, ProviderFields } from './message';
import type { ModelReply } from './model-call';

/** What a reply looks like, for a person. */
const EXAMPLE =
  'A reply is {"content": "..."}, or {"content": "", "toolCalls": [{"id": "1", "name": "a_tool", "args": {}}]}.';

/** Total. Fields that are not known are left out: a newer worker may send more. */
export function takeReply(result: unknown): { readonly reply: ModelReply } | { readonly problem: string } {
  const found = replyOf(result);
  return typeof found === 'string'
    ? { problem: messageText(`The model call was completed with what is no reply: ${found}. ${EXAMPLE}`) }
    : { reply: found };
}

function replyOf(result: unknown): ModelReply | string {
  const undecodable = undecodableProblem(result);
  if (undecodable !== undefined) return undecodable;
  const taken = takeJson(result ?? null);
  if ('problem' in taken) return taken.problem;
  const { value } = taken;
  if (!isPlainObject(value))
    return `${value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`} was given`;
  const { content, toolCalls = [], structured, isChecked } = value;
  const beside = besideOf(value);
  if (typeof beside === 'string') return beside;
  if (typeof content !== 'string') return 'its "content" must be a text';
  if (!Array.isArray(toolCalls)) return 'its "toolCalls" must be a list';
  if ('tool_calls' in value) return 'its tool calls must be called "toolCalls"';
  if (structured !== undefined && !isPlainObject(structured)) return 'its "structured" must be an object';
  const bytes = jsonBytes(value);
  if (bytes > LIMITS.modelReplyBytes) return `it has ${bytes} bytes, and at most ${LIMITS.modelReplyBytes} are taken`;
  const calls: ModelToolCall[] = [];
  for (const given of toolCalls) {
    const call = callOf(given);
    if (typeof call === 'string') return call;
    if (calls.some(({ id }) => id === call.id)) return `two of its tool calls have the id "${call.id}"`;
    calls.push(call);
  }
  return {
    content,
    ...(calls.length === 0 ? {} : { toolCalls: calls }),
    ...(structured === undefined ? {} : { structured: structured as JsonObject }),
    ...(isChecked === true ? { isChecked } : {}),
    ...beside,
  };
}

/** What our own activity adds to a reply. One that is given by hand needs none of it. */
function besideOf({
  unusable,
  finishReason,
  usage,
  provider,
  answeredBy,
}: Readonly<Record<string, unknown>>):
  | Pick<ModelReply, 'unusable' | 'finishReason' | 'usage' | 'provider' | 'answeredBy'>
  | string {
  if (unusable !== undefined && typeof unusable !== 'string') return 'its "unusable" must be a text';
  if (finishReason !== undefined && finishReason !== 'length' && finishReason !== 'content_filter')
    return 'its "finishReason" must be "length" or "content_filter"';
  if (usage !== undefined && !isUsage(usage)) return 'its "usage" must hold numbers of tokens';
  if (provider !== undefined && !isProvider(provider)) return 'its "provider" is none of ours: leave it out';
  if (answeredBy !== undefined && (typeof answeredBy !== 'string' || answeredBy.length > LIMITS.nameChars))
    return `its "answeredBy" must be a text of at most ${LIMITS.nameChars} characters`;
  return {
    ...(unusable === undefined ? {} : { unusable: messageText(unusable) }),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(usage === undefined ? {} : { usage }),
    ...(provider === undefined ? {} : { provider }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
  };
}

function isUsage(usage: unknown): usage is Usage {
  if (!isPlainObject(usage)) return false;
  const { inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 } = usage;
  return [inputTokens, outputTokens, cachedTokens, reasoningTokens].every((tokens) => typeof tokens === 'number');
}

function isProvider(provider: unknown): provider is ProviderFields {
  if (!isPlainObject(provider)) return false;
  const { of, message = {}, calls = {} } = provider;
  if (typeof of !== 'string' || !isPlainObject(message) || !isPlainObject(calls)) return false;
  return Object.values(calls).every(isPlainObject);
}

function callOf(given: unknown): ModelToolCall | string {
  if (!isPlainObject(given)) return 'each of its tool calls must be an object';
  const { id, name, args = {}, problem, isMade } = given;
  if (typeof id !== 'string' || id === '' || id.length > LIMITS.nameChars)
    return `the "id" of each tool call must be a text of 1 to ${LIMITS.nameChars} characters`;
  if (typeof name !== 'string' || name.length > LIMITS.nameChars)
    return `the "name" of each tool call must be a text of at most ${LIMITS.nameChars} characters`;
  if (!isPlainObject(args)) return `the "args" of the tool call "${id}" must be an object`;
  const deep = takeJson(args, LIMITS.wrapDepth);
  if ('problem' in deep) return `the "args" of the tool call "${id}": ${deep.problem}`;
  if (problem !== undefined && typeof problem !== 'string')
    return `the "problem" of the tool call "${id}" must be a text`;
  return {
    id,
    name,
    args: args as JsonObject,
    ...(isMade === true ? { isMade } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}
