/**
 * Scripted reply: what a script says, and what a model was asked, as plain shapes.
 *
 * A reply is an answer or a fault. A fault at the end of a script repeats for ever (a provider that is down stays
 * down); an answer is given once.
 *
 * @module
 */

/** One message of a chat-completions request, as it came over HTTP. */
export interface ModelMessage {
  readonly role: string;
  /** Text, a list of parts, or null beside tool calls. */
  readonly content?: unknown;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: 'function';
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

/** One tool offered to the model. */
export interface ModelTool {
  readonly type: string;
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: unknown };
}

/**
 * The body of one chat-completions request, with unknown fields. A Responses API request has these fields too, derived
 * from its own.
 */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ModelTool[];
  readonly tool_choice?: unknown;
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly response_format?: unknown;
  readonly [field: string]: unknown;
}

/**
 * Ways in which servers that call themselves OpenAI-compatible differ from OpenAI.
 *
 * - `noStreaming`: one JSON body although `stream: true` was asked.
 * - `toolCallsInOneChunk`: all tool calls whole, in a single delta.
 * - `missingUsage`: no token counts, asked or not.
 * - `emptyContent`: `content: ''` instead of null beside tool calls.
 * - `indexlessToolDeltas`: tool call deltas without `index`; each call comes whole, in a delta of its own.
 * - `reusedCallIds`: every tool call has the id `call_0`.
 */
export type Quirk =
  | 'noStreaming'
  | 'toolCallsInOneChunk'
  | 'missingUsage'
  | 'emptyContent'
  | 'indexlessToolDeltas'
  | 'reusedCallIds';

/** A tool call of the model. A string of arguments is sent as it is, valid JSON or not. */
export interface ScriptedToolCall {
  /** Default: unique over the life of the server. */
  readonly id?: string;
  readonly name: string;
  readonly arguments: object | string;
  /** Fields beside those of chat completions, such as Gemini's `extra_content`. */
  readonly extra?: object;
}

interface Timed {
  /** Milliseconds before anything is sent; after `hold`. */
  readonly delayMs?: number;
  /** Nothing is sent before this settles, either way. */
  readonly hold?: Promise<unknown>;
}

/** The model speaks, calls tools, or both. With neither, its answer is empty. */
export interface ScriptedAnswer extends Timed {
  readonly content?: string | null;
  /** What it thought first: `reasoning_content`, or in the Responses API an encrypted item. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Default: `stop`, or `tool_calls` when there are some. */
  readonly finishReason?: string;
  /** Half of the stream is sent, and the rest when this settles. Without streaming like `hold`. */
  readonly holdMidway?: Promise<unknown>;
  /** false: no token counts. Default true. */
  readonly usage?: boolean;
  /** Instead of the server's own quirks. */
  readonly quirks?: readonly Quirk[];
}

/** The provider refuses, with this HTTP status and an error body in OpenAI's shape. */
export interface ScriptedError extends Timed {
  readonly status: number;
  readonly error?: { readonly message?: string; readonly type?: string; readonly code?: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** The connection breaks: before a word, or after `content` has been streamed. */
export interface ScriptedDisconnect extends Timed {
  readonly disconnect: true;
  readonly content?: string;
  /** Half of `content` is sent, and the rest, then the break, when this settles. */
  readonly holdMidway?: Promise<unknown>;
}

/** One entry of a script. */
export type ScriptedReply = ScriptedAnswer | ScriptedError | ScriptedDisconnect;

/**
 * A list of replies in order, or a function of the request and its number since the script was set.
 * A function that gives undefined has no more replies.
 */
export type ModelScript =
  | readonly ScriptedReply[]
  | ((request: ModelRequest, index: number) => ScriptedReply | undefined);

/** The reply to the request with this number, or undefined when the script has run out. */
export function replyAt(script: ModelScript, request: ModelRequest, index: number): ScriptedReply | undefined {
  if (typeof script === 'function') return script(request, index);
  if (index < script.length) return script[index];
  const last = script.at(-1);
  return last !== undefined && isFault(last) ? last : undefined;
}

function isFault(reply: ScriptedReply): boolean {
  return 'status' in reply || 'disconnect' in reply;
}
