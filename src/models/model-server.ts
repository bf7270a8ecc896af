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

/** Which of several servers failed, for a person. Of its address only the host: the rest may hold a secret. */
export function serverText(llm: string, { client, model }: SettledServer): string {
  const { host } = URL.canParse(client.baseURL) ? new URL(client.baseURL) : { host: '' };
  return `"${llm}"${model === llm ? '' : `, asked for as "${model}",`} at ${host || 'an address without a host'}`;
}
