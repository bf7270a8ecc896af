/**
 * Model server: an OpenAI-compatible server, and the name that it knows a model by.
 *
 * @module
 */
import type { ModelSettings } from '../agent';
import type { Model } from './model';

/**
 * What is used of an `openai` client, any of its classes (`AzureOpenAI` too) and versions.
 *
 * Declared by shape: the package has two declarations of each class, one for `import` and one for `require`, whose
 * private fields make them unrelated types.
 */
export interface ModelClient {
  readonly baseURL: string;
  readonly chat: {
    readonly completions: {
      create(body: object, options: ModelClientOptions): { asResponse(): Promise<Response> };
    };
  };
  /** Needed for `api: 'responses'` only. */
  readonly responses?: {
    create(body: object, options: ModelClientOptions): { asResponse(): Promise<Response> };
  };
}

export interface ModelClientOptions {
  readonly signal: AbortSignal;
  readonly maxRetries: number;
  readonly timeout: number;
}

/** The wire protocols that a server may be asked by. */
export const MODEL_APIS = ['chat', 'responses'] as const;
export type ModelApi = (typeof MODEL_APIS)[number];

export interface ModelServer {
  /** Its own retries are not used: Temporal retries. */
  readonly client: ModelClient;
  /** The name that this server knows the model by. Default: the agent's `llm`. */
  readonly model?: string;
  /**
   * `chat`: chat completions, which every server has. `responses`: OpenAI's Responses API, with which reasoning models keep
   * their reasoning between steps; nothing is stored at the provider. Default: `chat`.
   */
  readonly api?: ModelApi;
  /** For all that it is asked, summaries too. Those of an agent go before them, one by one. */
  readonly modelSettings?: ModelSettings;
}

/** Where replies come from: a server, or a `Model` of your own. */
export type ModelSource = ModelServer | Model;

/** A server whose model name is settled. */
export interface SettledServer {
  readonly client: ModelClient;
  readonly model: string;
  /** What the server wants to have back carries this, and goes to no server with another. */
  readonly of: string;
}

/** @param twins How many others of the `llm` come before it with the same model at the same address. */
export function settledServer(llm: string, { client, model = llm, api }: ModelServer, twins = 0): SettledServer {
  // What one protocol wants to have back the other does not know.
  const by = api === 'responses' ? ' responses' : '';
  // They differ in the key alone, and what was encrypted for one account is refused by another.
  return { client, model, of: `${model} ${client.baseURL}${by}${twins === 0 ? '' : ` ${twins + 1}`}` };
}

/** Which model at which server, for a person. */
export function serverTitle({ client, model }: SettledServer): string {
  return `${model} at ${hostOf(client)}`;
}

/** The same, in an error: with the name that its reader knows. */
export function serverText(llm: string, { client, model }: SettledServer): string {
  return `"${llm}"${model === llm ? '' : `, asked for as "${model}",`} at ${hostOf(client)}`;
}

/** The rest of an address may hold a secret. */
function hostOf({ baseURL }: ModelClient): string {
  const { host } = URL.canParse(baseURL) ? new URL(baseURL) : { host: '' };
  return host || 'an address without a host';
}
