/**
 * Message: one message of a conversation with a model, as data that can travel.
 *
 * @module
 */
import type { JsonObject } from '../json';
import type { ChatMessage } from '../messages';

/** A tool call as the model made it. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  /** What the tool's schema made of the model's arguments. `{}` when they were no JSON object, or do not fit. */
  readonly args: JsonObject;
  /** The schema made something else of them than the model wrote: they are not checked again. */
  readonly isMade?: true;
  /** Why the call must not run: its arguments are malformed or do not fit the tool's schema, or there was no such tool. */
  readonly problem?: string;
}

/** What a provider sent with a reply and wants to have back with it. Nobody else understands it. */
export interface ProviderFields {
  /** The model that sent them, at its server. */
  readonly of: string;
  readonly message?: JsonObject;
  /** By the id of the call. */
  readonly calls?: Readonly<Record<string, JsonObject>>;
}

export type Message =
  | ChatMessage
  | { readonly role: 'assistant'; readonly content: string; readonly provider: ProviderFields }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly toolCalls: readonly ModelToolCall[];
      /** Who made the calls: the `llm`, or which other model of it replied. Absent in conversations from before it was kept. */
      readonly by?: string;
      readonly provider?: ProviderFields;
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface TranscriptPage {
  readonly messages: readonly Message[];
  /** Index of the message after the page's last. */
  readonly next: number;
  /** Messages in the whole transcript. */
  readonly length: number;
  /** What the run's store holds now, when its definition tells the model of it. */
  readonly state?: JsonObject;
  /** What the run was started with, when its prompt is a function. */
  readonly data?: JsonObject;
  /** Of messages that the model is told no more; see `memory`. */
  readonly summary?: string;
}
