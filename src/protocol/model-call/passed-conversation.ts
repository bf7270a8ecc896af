/**
 * Hand-over: the conversation, given by a run to the model call that it schedules, inside one worker process.
 *
 * Most often the worker that runs the workflow gets its activity too. What is handed over passes neither
 * through history nor through the server; another worker's activity, or a second attempt, asks the run.
 *
 * @module
 */

/** What a model call tells the model. */
import type { JsonObject } from '../json';
import type { Message } from './message';
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
export type HandOverSinks = {
  readonly countersign: {
    /** @param conversation As JSON: a long one is copied between threads at once, and its size is known. */
    handOver(key: string, conversation: string): void;
  };
};

/** @param handed Of the call; see there. */
export function handOverKey(runId: string, handed: string): string {
  return `${runId} ${handed}`;
}
