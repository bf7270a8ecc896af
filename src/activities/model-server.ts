/**
 * Model server: an OpenAI-compatible server, and the name that it knows a model by.
 *
 * @module
 */
import type OpenAI from 'openai';

export interface ModelServer {
  /** Its own retries are not used: Temporal retries. */
  readonly client: OpenAI;
  /** The name that this server knows the model by. Default: the agent's `llm`. */
  readonly model?: string;
}

/** A server whose model name is settled. */
export type SettledServer = Required<ModelServer>;
