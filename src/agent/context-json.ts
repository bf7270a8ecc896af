/**
 * Context JSON: a run's context as data, for a file, a row or another cluster.
 *
 * Versioned. Read strictly: what is not understood is refused with the reason, because a context that is
 * half read would be a run that half remembers.
 *
 * @module
 */
import * as v from 'valibot';
import { AgentError, jsonProblem, schemaProblem, type JsonObject } from '../protocol';
import type { Message } from './transcript';

/** The version that is written. */
export const CONTEXT_VERSION = 1;

export interface ContextJson {
  readonly version: typeof CONTEXT_VERSION;
  /** The workflow type it was taken from. */
  readonly workflow: string;
  /** The agent that has the conversation. */
  readonly agent?: string;
  readonly messages: readonly Message[];
  /** What the store holds. */
  readonly state: JsonObject;
}

const toolCall = v.strictObject({
  id: v.string(),
  name: v.string(),
  args: v.record(v.string(), v.unknown()),
  problem: v.optional(v.string()),
});

const contextJson = v.strictObject({
  version: v.literal(CONTEXT_VERSION),
  workflow: v.string(),
  agent: v.optional(v.string()),
  messages: v.array(
    v.union([
      v.strictObject({ role: v.literal('assistant'), content: v.string(), toolCalls: v.array(toolCall) }),
      v.strictObject({ role: v.literal('tool'), toolCallId: v.string(), content: v.string() }),
      v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), content: v.string() }),
    ]),
  ),
  state: v.record(v.string(), v.unknown()),
});

/** @throws AgentError `INVALID_CONTEXT`, saying why it cannot be gone on with. */
export function readContext(value: unknown): ContextJson {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_CONTEXT', `The run cannot go on from this context: ${problem}.`, {});
  };
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > CONTEXT_VERSION) {
    return fail(
      `it has version ${version}, and this release reads versions up to ${CONTEXT_VERSION}; update the worker`,
    );
  }
  const problem = jsonProblem(value) ?? schemaProblem(contextJson, value);
  if (problem !== undefined) return fail(`it is damaged, ${problem}`);
  const context = value as ContextJson;
  const orphan = orphanOf(context.messages);
  if (orphan !== undefined) return fail(`it is damaged, ${orphan}`);
  return context;
}

/** Every tool call of an assistant message must be followed by exactly one tool message, before anything else. */
function orphanOf(messages: readonly Message[]): string | undefined {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.toolCallId)) return `the tool message of "${message.toolCallId}" has no call`;
      continue;
    }
    if (open.size > 0) break;
    if ('toolCalls' in message) open = new Set(message.toolCalls.map(({ id }) => id));
  }
  const [unanswered] = open;
  return unanswered === undefined ? undefined : `the tool call "${unanswered}" has no tool message`;
}
