/**
 * Passed conversation: what a run gives to the model call that it schedules, inside one worker process.
 *
 * Usually the worker that runs the workflow gets its activity too. What is passed goes neither through history nor through
 * the server. An activity on another worker, or in a second attempt, queries the run instead.
 *
 * @module
 */
import type { JsonObject } from '../json';
import type { Message } from './message';

/** What a model call tells the model. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** Of what came before; see `memory`. */
  readonly summary?: string;
  /** The store, for the state prompt and prompts that are functions. */
  readonly state?: JsonObject;
  /** What the run was started with, for prompts that are functions. */
  readonly data?: JsonObject;
}

/** From the sandbox to the worker, as Temporal sinks are named: by interface and function. */
export type ConversationSinks = {
  readonly countersign: {
    /** @param conversation As JSON: a long one is copied between threads at once, and its size is known. */
    passConversation(key: string, conversation: string): void;
  };
};

/** @param handed As in `ModelCall`. */
export function passedKey(runId: string, handed: string): string {
  return `${runId} ${handed}`;
}
