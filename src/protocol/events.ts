/**
 * The events every run speaks, under LlamaIndex's names.
 *
 * What is written here is the public contract of the stream: a field may be added, none renamed.
 *
 * @module
 */
import * as v from 'valibot';
import { defineEvent } from './event';

/** A run needs a person. `prefix` is the question, shown as is. Extend it to ask with more fields. */
export const InputRequiredEvent = defineEvent('InputRequiredEvent', { prefix: v.string() });

/**
 * A person's answer. Extend it to have typed fields validated before the wait takes it; an extension that needs no
 * `response` declares it again, as optional.
 */
export const HumanResponseEvent = defineEvent('HumanResponseEvent', { response: v.string() });

const toolCall = {
  toolId: v.string(),
  toolName: v.string(),
  toolKwargs: v.record(v.string(), v.unknown()),
};

/** Of an agent that a tool runs: the thread it works in, and the agents down to it, outermost first. */
const nested = { thread: v.optional(v.string()), agents: v.optional(v.array(v.string())) };

/**
 * The model is about to be called with the messages of the transcript before index `upTo`: all, or those from `from` on,
 * and before them the turn's user message, when the agent's memory is limited.
 */
export const AgentInput = defineEvent('AgentInput', {
  agent: v.string(),
  from: v.optional(v.number()),
  upTo: v.number(),
  ...nested,
});

/**
 * The model is no longer told the messages before index `before`, but their `summary`, if there is one. Written with
 * `memory`'s overflow `summarize`, and when a conversation is too large to be carried on.
 */
export const MemoryCompacted = defineEvent('MemoryCompacted', {
  agent: v.string(),
  before: v.number(),
  summary: v.optional(v.string()),
  ...nested,
});

/**
 * What the model has said so far of a reply whose AgentOutput is not there yet.
 *
 * Ephemeral: it has no `seq`, is not in the log and never comes again; a call may have none. `delta` is what this watcher
 * has not had, `response` the text so far, or of a long one its last 16,384 characters, of which `offset` says how many
 * came before. An `attempt` begins its text again. The whole reply is in the AgentOutput, which always comes after.
 */
export const AgentStream = defineEvent('AgentStream', {
  agent: v.string(),
  delta: v.string(),
  response: v.string(),
  offset: v.optional(v.number()),
  attempt: v.number(),
  ...nested,
});

const usage = {
  inputTokens: v.number(),
  outputTokens: v.number(),
  cachedTokens: v.optional(v.number()),
  reasoningTokens: v.optional(v.number()),
};

const finishReason = v.optional(v.picklist(['length', 'content_filter']));

/**
 * What the model replied: a text, tool calls, or both. With a `finishReason` it was cut off: at a limit of its length, or by
 * the provider's filter. The calls of such a reply are not run. With `answeredBy` another model than the first of its `llm`
 * replied.
 */
export const AgentOutput = defineEvent('AgentOutput', {
  agent: v.string(),
  response: v.string(),
  toolCalls: v.array(v.object(toolCall)),
  finishReason,
  usage: v.optional(v.object(usage)),
  answeredBy: v.optional(v.string()),
  ...nested,
});

/** A tool is about to run. `toolKwargs` is `{}` when the model's arguments were not a JSON object. */
export const ToolCall = defineEvent('ToolCall', { agent: v.string(), ...toolCall, ...nested });

/** What a tool gave. With `isError`, `toolOutput` says what went wrong; the model is told the same. */
export const ToolCallResult = defineEvent('ToolCallResult', {
  agent: v.string(),
  toolId: v.string(),
  toolName: v.string(),
  toolOutput: v.string(),
  isError: v.boolean(),
  returnDirect: v.boolean(),
  ...nested,
});

/** The outcome of a run as data, before its StopEvent. */
export const AgentStreamStructuredOutput = defineEvent('AgentStreamStructuredOutput', {
  agent: v.string(),
  output: v.record(v.string(), v.unknown()),
  ...nested,
});

const result = v.looseObject({
  response: v.string(),
  agent: v.string(),
  toolCalls: v.array(v.object({ toolId: v.string(), toolName: v.string(), isError: v.boolean() })),
  finishReason,
});

/**
 * A further user message came to a conversation. Its turn begins when those before it have ended. `waitsFor`: questions were
 * open, and no turn ends before they are settled. Images and files are told in `text` as `[image]`, `[audio]`, `[file NAME]`.
 */
export const UserMessage = defineEvent('UserMessage', {
  text: v.string(),
  place: v.number(),
  waitsFor: v.optional(v.array(v.string())),
});

/** A turn of a conversation has ended: with a result, or with the error that it failed with. */
export const TurnEnded = defineEvent('TurnEnded', {
  turn: v.number(),
  result: v.optional(result),
  error: v.optional(v.object({ code: v.string(), message: v.string() })),
});

/** The last event of a run. What extends it says that the run ended without a result. */
export const StopEvent = defineEvent('StopEvent', { result: v.optional(result) });

/** The run failed: `code` is an AgentError code when we know one. */
export const WorkflowFailedEvent = StopEvent.extend('WorkflowFailedEvent', {
  message: v.string(),
  code: v.optional(v.string()),
});

/** The run was cancelled, or terminated (`code: "RUN_TERMINATED"`; then the client adds it, without `seq`). */
export const WorkflowCancelledEvent = StopEvent.extend('WorkflowCancelledEvent', {
  message: v.string(),
  code: v.optional(v.string()),
});

/** The run's time was over. */
export const WorkflowTimedOutEvent = StopEvent.extend('WorkflowTimedOutEvent', {
  message: v.string(),
  code: v.optional(v.string()),
});

/**
 * An answer, event or message that came by signal settled nothing, and changed nothing.
 *
 * `reason` is one of RefusalReason, `message` says what to do, `open` lists the open questions' ids
 * and `received` is what came, cut to 1 KB.
 */
export const AnswerRefused = defineEvent('AnswerRefused', {
  reason: v.picklist(['invalid', 'duplicate', 'conflict', 'late', 'not_waiting', 'ambiguous']),
  message: v.string(),
  open: v.array(v.string()),
  received: v.string(),
});

/**
 * An answer that named no question settled this one, the only one open that would take it. Whether its sender was shown
 * this one, nobody knows. `received` is what came, cut to 1 KB.
 */
export const AnswerUnnamed = defineEvent('AnswerUnnamed', { received: v.string() });

/** Events before `oldest` cannot be read any more. Ephemeral: it has no `seq`, and what follows is `oldest`. */
export const EventsExpired = defineEvent('EventsExpired', { oldest: v.number() });

/**
 * An operator has reset the run: of what was seen, the events from `from` on no longer stand. Those that there are now follow,
 * the same ones too, with the same `seq` and another `id`. Ephemeral: it has no `seq`.
 */
export const RunReset = defineEvent('RunReset', { from: v.number() });

/**
 * A worker takes the run's workflow task and fails it, again and again; `failure` says why, in the worker's words. The run is
 * safe, and its next event says that it goes on. Ephemeral: it has no `seq`.
 */
export const RunStuck = defineEvent('RunStuck', { failure: v.string() });

/** Types that only the run itself writes, or its readers: a tool that could write them could end a watcher's stream. */
export const RUN_EVENTS = [
  AgentInput,
  AgentStream,
  AgentOutput,
  MemoryCompacted,
  ToolCall,
  ToolCallResult,
  AgentStreamStructuredOutput,
  UserMessage,
  TurnEnded,
  StopEvent,
  AnswerRefused,
  AnswerUnnamed,
  EventsExpired,
  RunReset,
  RunStuck,
] as const;
