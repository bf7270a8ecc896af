/**
 * Model: what a run needs from a model, of any provider.
 *
 * Requests and replies are neutral. Fields that a provider wants back are carried without being understood, and go only
 * to it.
 *
 * @module
 */
import type { ModelSettings } from '../agent';
import type { JsonObject, Usage, Message, ProviderFields } from '../protocol';

/** A tool as it is shown to the model. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema (2020-12) of an object. */
  readonly parameters: JsonObject;
}

export interface ModelRequest {
  /**
   * The asked model, as `by` of messages has it: the agent's `llm`, or a further model's title. Calls by others are
   * foreign.
   */
  readonly llm: string;
  /** Texts that come before the conversation. */
  readonly system: readonly string[];
  /** The conversation, oldest first. Every call in it has a result. */
  readonly messages: readonly Message[];
  /** Said last, by nobody in the conversation. */
  readonly instruction?: string;
  /** Empty: the model answers with a text. */
  readonly tools: readonly OfferedTool[];
  /** `auto`, `required`, `none`, or a tool's name. */
  readonly toolChoice?: string;
  readonly allowParallelToolCalls: boolean;
  /** Whether the reply may be streamed. */
  readonly stream: boolean;
  /** A JSON Schema that the reply must fit. */
  readonly outputSchema?: JsonObject;
  /** None may be dropped silently: an unsupported setting is an error. */
  readonly settings: ModelSettings;
}

export interface ModelCallOptions {
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** Called with the whole text so far, each time it has grown. */
  readonly onText: (text: string) => void;
  /** How long the request may take. Unit: milliseconds. */
  readonly timeoutMs: number;
}

/**
 * How a reply ended. `length`: cut off at a limit. `content_filter`: cut off or withheld by the provider's filter.
 * `malformed`: the model failed to write a tool call.
 */
export type FinishReason = 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'malformed';

export interface RawToolCall {
  readonly id: string;
  readonly name: string;
  /** The model's own text: not parsed, perhaps not JSON. */
  readonly arguments: string;
}

export interface RawReply {
  readonly content: string;
  /** Each has an id that no other call of the reply has. */
  readonly toolCalls: readonly RawToolCall[];
  readonly finishReason: FinishReason;
  /** The provider's own words for how it ended. */
  readonly said?: string;
  /** Absent when the provider does not report it. */
  readonly usage?: Usage;
  /** What the provider wants to have back with this reply. */
  readonly provider?: ProviderFields;
}

/**
 * A model that agents can ask, whatever is behind it.
 *
 * Your own is checked: a reply that breaks this contract is `MODEL_REJECTED`, under the title. The call is given up
 * after `timeoutMs` or when `signal` aborts, whether or not it obeys them.
 */
export interface Model {
  /** The model and its server, for a person: at most 200 characters. */
  readonly title: string;
  /**
   * Ask once, without retries.
   *
   * @throws AgentError `MODEL_UNAVAILABLE` for what may pass, with `retryAfterMs` when the provider says it; another
   *   model code for what a retry cannot mend. Any other thrown value is read as an HTTP error if it has a `status`,
   *   and counts as unavailable otherwise.
   */
  ask(request: ModelRequest, options: ModelCallOptions): Promise<RawReply>;
}
