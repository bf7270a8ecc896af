/**
 * Context JSON: a run's context as data, for a file, a row or another cluster.
 *
 * Versioned. Read strictly: what is not understood is refused with the reason, because a context that is
 * half read would be a run that half remembers.
 *
 * @module
 */
import * as v from 'valibot';
import {
  AgentError,
  jsonProblem,
  schemaProblem,
  type AnyEvent,
  type JsonObject,
  type ToolCallSummary,
} from '../protocol';
import { OPERATION_KINDS, type JournalEntry } from './journal-entry';
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
  /** The turn that was not over when the context was taken. */
  readonly open?: OpenTurnJson;
  /** The questions that were open, and answers that were kept for them. */
  readonly questions?: readonly OpenQuestionJson[];
}

/** A turn in the middle. */
export interface OpenTurnJson {
  readonly maxIterations: number;
  readonly earlyStoppingMethod: 'force' | 'generate';
  /** The run's step that is open. */
  readonly step: number;
  /** Model calls that have replied in this turn. */
  readonly used: number;
  readonly toolCalls: readonly ToolCallSummary[];
  /** The calls of the last reply, in its order; none when the model had not replied yet. */
  readonly calls: readonly OpenCallJson[];
}

/** A tool call: its journal, and its output when it has ended. */
export interface OpenCallJson {
  readonly journal: readonly JournalEntry[];
  readonly output?: { readonly content: string; readonly isError: boolean };
}

export interface OpenQuestionJson {
  readonly inputId: string;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  readonly asker: {
    readonly callId: string;
    readonly agents: readonly string[];
    readonly toolName?: string;
    readonly toolId?: string;
  };
}

const toolCall = v.strictObject({
  id: v.string(),
  name: v.string(),
  args: v.record(v.string(), v.unknown()),
  problem: v.optional(v.string()),
});

const journalEntry = v.strictObject({
  kind: v.picklist(OPERATION_KINDS),
  after: v.number(),
  outcome: v.optional(v.looseObject({})),
  ended: v.optional(v.number()),
  note: v.optional(v.unknown()),
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
  open: v.optional(
    v.strictObject({
      maxIterations: v.number(),
      earlyStoppingMethod: v.picklist(['force', 'generate']),
      step: v.number(),
      used: v.number(),
      toolCalls: v.array(v.strictObject({ toolId: v.string(), toolName: v.string(), isError: v.boolean() })),
      calls: v.array(
        v.strictObject({
          journal: v.array(journalEntry),
          output: v.optional(v.strictObject({ content: v.string(), isError: v.boolean() })),
        }),
      ),
    }),
  ),
  questions: v.optional(
    v.array(
      v.strictObject({
        inputId: v.string(),
        askedAt: v.string(),
        event: v.optional(v.looseObject({ type: v.string() })),
        asker: v.strictObject({
          callId: v.string(),
          agents: v.array(v.string()),
          toolName: v.optional(v.string()),
          toolId: v.optional(v.string()),
        }),
      }),
    ),
  ),
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
  const orphans = orphansOf(context.messages);
  if (typeof orphans === 'string') return fail(`it is damaged, ${orphans}`);
  if (orphans.length > 0 && (context.open?.calls.length ?? 0) === 0) {
    return fail(`it is damaged, the tool call "${orphans[0]}" has no tool message`);
  }
  if (orphans.length !== (context.open?.calls.length ?? 0))
    return fail('it is damaged, its open calls are not those of its last reply');
  return context;
}

/**
 * The calls of the last reply that have no tool message. Every other tool call is followed by exactly one tool message,
 * before anything else: a text says which is not.
 */
function orphansOf(messages: readonly Message[]): readonly string[] | string {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.toolCallId)) return `the tool message of "${message.toolCallId}" has no call`;
      continue;
    }
    const [unanswered] = open;
    if (unanswered !== undefined) return `the tool call "${unanswered}" has no tool message`;
    if ('toolCalls' in message) open = new Set(message.toolCalls.map(({ id }) => id));
  }
  return [...open];
}
