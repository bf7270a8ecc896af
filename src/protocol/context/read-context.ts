/**
 * Read context: reads a context from wherever it was kept.
 *
 * Strictly, because a half-read context would be a run that half remembers. Earlier versions are upgraded first, one by
 * one.
 *
 * @module
 */
import * as v from 'valibot';
import { userContent } from '../content';
import { AgentError } from '../errors';
import { extendsType, schemaProblem } from '../event';
import { InputRequiredEvent } from '../events';
import { type JsonObject, isPlainObject, jsonProblem } from '../json';
import { LIMITS } from '../limits';
import type { Message } from '../model-call/message';
import { contentProblem, count, journalEntry, moment, timestamp } from './read-journal';
import { CONTEXT_VERSION, type ContextJson, type OpenCallJson, type ThreadJson } from './context-json';

/** Upgrades a context from one version to the next. */
const UPGRADES: Readonly<Record<number, (context: JsonObject) => JsonObject>> = {
  // Version 2 added nested threads, settled questions, kept answers and early events.
  1: (context) => ({ ...context, version: 2 }),
  // Version 3 added provider fields, who made calls, cut-off replies; what operations were given and when they ended,
  // and what bodies drew.
  2: (context) => ({ ...context, version: 3 }),
};

const toolCall = v.strictObject({
  id: v.string(),
  name: v.string(),
  args: v.record(v.string(), v.unknown()),
  problem: v.optional(v.string()),
  isMade: v.optional(v.literal(true)),
});

const provider = v.strictObject({
  of: v.string(),
  message: v.optional(v.record(v.string(), v.unknown())),
  calls: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});

const threadFields = {
  agent: v.optional(v.string()),
  messages: v.array(
    v.union([
      v.strictObject({
        role: v.literal('assistant'),
        content: v.string(),
        toolCalls: v.array(toolCall),
        by: v.optional(v.string()),
        provider: v.optional(provider),
      }),
      v.strictObject({ role: v.literal('assistant'), content: v.string(), provider }),
      v.strictObject({ role: v.literal('tool'), toolCallId: v.string(), content: v.string() }),
      v.strictObject({ role: v.picklist(['system', 'assistant']), content: v.string() }),
      v.strictObject({ role: v.literal('user'), content: userContent }),
    ]),
  ),
  summary: v.optional(v.string()),
  deadline: v.optional(timestamp),
  open: v.optional(
    v.strictObject({
      maxIterations: count,
      earlyStoppingMethod: v.picklist(['force', 'generate']),
      step: count,
      used: count,
      toolCalls: v.array(v.strictObject({ toolId: v.string(), toolName: v.string(), isError: v.boolean() })),
      calls: v.array(
        v.strictObject({
          journal: v.array(journalEntry),
          began: v.optional(moment),
          randoms: v.optional(
            v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.ltValue(1))), v.maxLength(LIMITS.keptRandoms)),
          ),
          output: v.optional(v.strictObject({ content: v.string(), isError: v.boolean() })),
        }),
      ),
      response: v.optional(v.string()),
      finishReason: v.optional(v.picklist(['length', 'content_filter'])),
      lastWord: v.optional(v.literal(true)),
    }),
  ),
};

const sent = v.record(v.string(), v.unknown());

const question = v.strictObject({
  inputId: v.string(),
  askedAt: timestamp,
  event: v.optional(v.looseObject({ type: v.string() })),
  asker: v.strictObject({
    callId: v.string(),
    agents: v.array(v.string()),
    toolName: v.optional(v.string()),
    toolId: v.optional(v.string()),
  }),
  kept: v.optional(v.pipe(v.array(sent), v.maxLength(LIMITS.keptAnswers))),
});

const settled = v.strictObject({
  inputId: v.string(),
  type: v.string(),
  requirements: v.record(v.string(), v.unknown()),
  answerId: v.optional(v.string()),
  content: v.optional(v.string()),
});

const contextJson = v.strictObject({
  ...threadFields,
  version: v.literal(CONTEXT_VERSION),
  workflow: v.string(),
  state: v.record(v.string(), v.unknown()),
  usage: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        calls: v.number(),
        inputTokens: v.number(),
        outputTokens: v.number(),
        cachedTokens: v.optional(v.number()),
        reasoningTokens: v.optional(v.number()),
      }),
    ),
  ),
  questions: v.optional(v.pipe(v.array(question), v.maxLength(LIMITS.openQuestions))),
  settled: v.optional(v.pipe(v.array(settled), v.maxLength(LIMITS.settledQuestions))),
  early: v.optional(v.pipe(v.array(v.looseObject({ type: v.string() })), v.maxLength(LIMITS.earlyEvents))),
});

const threadJson = v.strictObject(threadFields);

/** @throws AgentError `INVALID_CONTEXT`, with the reason. */
export function readContext(value: unknown): ContextJson {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_CONTEXT', `The run cannot go on from this context: ${problem}.`, {});
  };
  const unreadable = jsonProblem(value, 0, LIMITS.contextDepth);
  if (unreadable !== undefined) return fail(`it is damaged, ${unreadable}`);
  const upgraded = upgrade(value);
  const version = isPlainObject(upgraded) ? upgraded['version'] : undefined;
  if (typeof version === 'number' && version > CONTEXT_VERSION) {
    return fail(
      `it has version ${version}, and this release reads versions up to ${CONTEXT_VERSION}; update the worker`,
    );
  }
  const problem =
    schemaProblem(contextJson, upgraded) ??
    threadProblem(upgraded as ContextJson) ??
    questionProblem(upgraded as ContextJson);
  if (problem !== undefined) return fail(`it is damaged, ${problem}`);
  return upgraded as ContextJson;
}

function upgrade(value: unknown): unknown {
  let context = value;
  for (;;) {
    const version = isPlainObject(context) ? context['version'] : undefined;
    const step = typeof version === 'number' ? UPGRADES[version] : undefined;
    if (step === undefined) return context;
    context = step(context as JsonObject);
  }
}

/** What is wrong with a well-formed thread or one nested in it. */
function threadProblem({ messages, open }: ThreadJson): string | undefined {
  const calls = open?.calls ?? [];
  const orphans = orphansOf(messages);
  if (typeof orphans === 'string') return orphans;
  if (orphans.length > 0 && calls.length === 0) return `the tool call "${orphans[0]}" has no tool message`;
  if (orphans.length !== calls.length) return 'its open calls are not those of its last reply';
  for (const [nth, { journal, output }] of calls.entries()) {
    const problem = output === undefined ? contentProblem(journal) : undefined;
    if (problem !== undefined) return `in the journal of its open call ${nth}, ${problem}`;
  }
  for (const note of calls.flatMap(nestedIn)) {
    const problem = schemaProblem(threadJson, note.thread) ?? threadProblem(note.thread);
    if (problem !== undefined) return `in an agent that a tool runs, ${problem}`;
  }
  return undefined;
}

/**
 * A question that no open call asked could never be settled and would make others ambiguous; one that two waits claim
 * would give one answer twice.
 */
function questionProblem(context: ContextJson): string | undefined {
  const open = openCalls(context);
  const questions = new Map(context.questions?.map((one) => [one.inputId, one]));
  if (questions.size !== (context.questions?.length ?? 0)) return 'two of its questions have one "inputId"';
  for (const { inputId, asker, event } of questions.values()) {
    if (!open.has(asker.callId)) return `no open call has asked its question "${inputId}"`;
    if (event === undefined) continue;
    if (!extendsType(event.type, InputRequiredEvent.type)) return `its question "${inputId}" is no InputRequiredEvent`;
    if (event.inputId !== inputId) return `the event of its question "${inputId}" has another "inputId"`;
  }
  const waited = new Set<string>();
  for (const [callId, { journal }] of open) {
    for (const { kind, note } of journal) {
      if (kind !== 'wait' || note === undefined) continue;
      const { inputId } = note as { readonly inputId: string };
      if (waited.has(inputId)) return `two waits have the question "${inputId}"`;
      if ((questions.get(inputId)?.asker.callId ?? callId) !== callId)
        return `call ${callId} waits for the question "${inputId}", which is of another call`;
      waited.add(inputId);
    }
  }
  return undefined;
}

/** The open calls of a thread and of those nested in it, by id. @param prefix The operation that runs the thread. */
function openCalls({ open }: ThreadJson, prefix = ''): ReadonlyMap<string, OpenCallJson> {
  const calls = open?.calls ?? [];
  return new Map(
    calls.flatMap((call, nth): [string, OpenCallJson][] => {
      if (call.output !== undefined) return [];
      const callId = `${prefix}${open?.step}.${nth}`;
      const nested = nestedIn(call).flatMap(({ operation, thread }) => [
        ...openCalls(thread, `${callId}.${operation}.`),
      ]);
      return [[callId, call], ...nested];
    }),
  );
}

/** The agents that a call runs, by operation. */
function nestedIn({ journal, output }: OpenCallJson): readonly { operation: number; thread: ThreadJson }[] {
  if (output !== undefined) return [];
  return journal.flatMap(({ kind, note, outcome }, operation) =>
    kind === 'agent' && outcome === undefined && note !== undefined ? [{ operation, thread: note as ThreadJson }] : [],
  );
}

/**
 * The calls of the last reply without a tool message. Every other call must be followed by exactly one; a text names
 * one that is not.
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
