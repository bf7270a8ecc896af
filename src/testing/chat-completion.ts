/**
 * A scripted answer in the shapes of OpenAI's chat-completions API: one JSON body, or stream chunks.
 *
 * Both are made from the same completion, so a client that streams and one that does not end up
 * with the same message.
 *
 * @module
 */
import { callIdBy, type ProviderRules } from './rules';
import type { ModelRequest, Quirk, ScriptedAnswer } from './scripted-reply';

/** An answer ready to send: ids assigned, arguments as text, quirks decided. */
export interface Completion {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly content: string | null;
  /** What the model thought first. */
  readonly reasoning?: string;
  /** OpenRouter's form of it. */
  readonly reasoningDetails?: readonly ReasoningDetail[];
  readonly toolCalls: readonly WireToolCall[];
  readonly finishReason: string;
  readonly usage: WireUsage | undefined;
  readonly quirks: ReadonlySet<Quirk>;
}

export interface ReasoningDetail {
  readonly type: 'reasoning.text';
  readonly index: 0;
  readonly format: string;
  readonly text: string;
  readonly signature: string;
}

interface WireToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

interface CompletionOf {
  readonly request: ModelRequest;
  /** Number of the request over the life of the server: what makes ids unique. */
  readonly number: number;
  /** Who makes the ids. */
  readonly rules: ProviderRules;
  /** How the server deviates from its documents. */
  readonly quirks: readonly Quirk[];
}

export function complete(
  answer: ScriptedAnswer,
  { request, number, rules, quirks: serverQuirks }: CompletionOf,
): Completion {
  const quirks = new Set(answer.quirks ?? serverQuirks);
  const toolCalls = (answer.toolCalls ?? []).map(
    (call, position): WireToolCall => ({
      id: quirks.has('reusedCallIds') ? 'call_0' : (call.id ?? callIdBy(rules, number, position)),
      type: 'function',
      function: {
        name: call.name,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      },
      ...call.extra,
    }),
  );
  const silence = toolCalls.length > 0 && !quirks.has('emptyContent') ? null : '';
  const content = answer.content || silence;
  const hasUsage = answer.usage !== false && !quirks.has('missingUsage');
  return {
    id: `chatcmpl-scripted-${number}`,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    content,
    toolCalls,
    finishReason: answer.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    usage: hasUsage ? estimateUsage(request, content, toolCalls) : undefined,
    quirks,
  };
}

/** The body of a reply without streaming. */
export function completionBody(completion: Completion): object {
  const { id, created, model, content, reasoning, reasoningDetails, toolCalls, usage } = completion;
  const message = {
    role: 'assistant',
    content,
    refusal: null,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(reasoningDetails === undefined ? {} : { reasoning_details: reasoningDetails }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: completion.finishReason };
  return { id, object: 'chat.completion', created, model, choices: [choice], ...(usage && { usage }) };
}

/** The chunks of a streamed reply, without the closing `[DONE]`. */
export function completionChunks(completion: Completion, includeUsage: boolean): readonly object[] {
  const { id, created, model, usage } = completion;
  const withUsage = includeUsage && usage !== undefined;
  const head = { id, object: 'chat.completion.chunk', created, model };
  const chunk = (delta: object, finish: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(withUsage && { usage: null }),
  });
  return [
    chunk({ role: 'assistant', content: completion.content === null ? null : '' }),
    ...pieces(completion.reasoning ?? '').map((reasoning_content) => chunk({ reasoning_content })),
    ...detailDeltas(completion).map((reasoning_details) => chunk({ reasoning_details })),
    ...pieces(completion.content ?? '').map((content) => chunk({ content })),
    ...toolDeltas(completion).map((calls) => chunk({ tool_calls: calls })),
    chunk({}, completion.finishReason),
    ...(withUsage ? [{ ...head, choices: [], usage }] : []),
  ];
}

/** The text in pieces, then its signature. */
function detailDeltas({ reasoningDetails = [] }: Completion): readonly object[][] {
  return reasoningDetails.flatMap(({ text, signature, ...head }) => [
    ...pieces(text).map((piece) => [{ ...head, text: piece }]),
    [{ ...head, text: '', signature }],
  ]);
}

/** One entry per chunk, each the `tool_calls` of its delta. */
function toolDeltas({ toolCalls, quirks }: Completion): readonly (readonly object[])[] {
  const isIndexless = quirks.has('indexlessToolDeltas');
  const whole = toolCalls.map((call, index) => (isIndexless ? call : { index, ...call }));
  if (quirks.has('toolCallsInOneChunk')) return whole.length > 0 ? [whole] : [];
  if (isIndexless) return whole.map((call) => [call]);
  return toolCalls.flatMap((call, index) => [
    [{ index, ...call, function: { ...call.function, arguments: '' } }],
    ...pieces(call.function.arguments).map((piece) => [{ index, function: { arguments: piece } }]),
  ]);
}

/** Text cut into 2 to 16 pieces where it is long enough, never inside a code point. */
function pieces(text: string): readonly string[] {
  const length = Math.max(4, Math.ceil(text.length / 16));
  const size = text.length > 1 && text.length <= length ? Math.ceil(text.length / 2) : length;
  return text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
}

/** Four characters a token; only the presence of counts matters. */
function estimateUsage(request: ModelRequest, content: string | null, calls: readonly object[]): WireUsage {
  const tokens = (text: string) => Math.ceil(text.length / 4);
  const prompt = tokens(JSON.stringify(request.messages));
  const completion = tokens(content ?? '') + (calls.length > 0 ? tokens(JSON.stringify(calls)) : 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
