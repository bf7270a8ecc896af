/**
 * Model call: what the workflow asks of the model activity, and what it gets.
 *
 * Both are written to history with every step, so they hold nothing that can be read elsewhere: the
 * prompt and the schemas are on the worker, the conversation is read by a query of the run itself.
 *
 * @module
 */
import type { Message, ModelToolCall } from './transcript';

/** Temporal's activity type of a model call. */
export const MODEL_ACTIVITY = 'callModel';

export interface ModelCall {
  readonly agent: string;
  /** Tell the model so many messages of the transcript. */
  readonly upTo: number;
  /** Those messages themselves, while they are few. */
  readonly messages?: readonly Message[];
}

export interface ModelReply {
  readonly content: string;
  readonly toolCalls?: readonly ModelToolCall[];
}
