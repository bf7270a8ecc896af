/**
 * Model server: an OpenAI-compatible server and its name for a model.
 *
 * @module
 */
import type { ModelSettings } from '../agent';
import type { Model } from './model';

/**
 * The used part of an `openai` client, of any class (`AzureOpenAI` too) and version.
 *
 * Structural: the package declares each class twice, for `import` and `require`, and private fields make the two
 * unrelated.
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

/** The supported wire protocols. */
export type ModelApi = 'chat' | 'responses';
export const MODEL_APIS: readonly ModelApi[] = ['chat', 'responses'];

export interface ModelServer {
  /** Its own retries are disabled: Temporal retries. */
  readonly client: ModelClient;
  /** The model's name at this server. Default: the agent's `llm`. */
  readonly model?: string;
  /**
   * `chat`: chat completions, which every server has. `responses`: OpenAI's Responses API, where reasoning models keep
   * their reasoning between steps; nothing is stored at the provider. Default: `chat`.
   */
  readonly api?: ModelApi;
  /** For everything it is asked, summaries too. An agent's settings override these, one by one. */
  readonly modelSettings?: ModelSettings;
}

/** The source of replies: a server or your own `Model`. */
export type ModelSource = ModelServer | Model;

/** A server whose model name is settled. */
export interface SettledServer {
  readonly client: ModelClient;
  readonly model: string;
  /** Marks the fields that this server wants back, which go to no other. */
  readonly of: string;
}

/** @param twins How many entries before it have the same model and address. */
export function settledServer(llm: string, { client, model = llm, api }: ModelServer, twins = 0): SettledServer {
  // Protocols do not know each other's fields.
  const by = api === 'responses' ? ' responses' : '';
  // They differ only in their key, and each account refuses what was encrypted for another.
  return { client, model, of: `${model} ${client.baseURL}${by}${twins === 0 ? '' : ` ${twins + 1}`}` };
}

/** The model and its server, for a person. */
export function serverTitle({ client, model }: SettledServer): string {
  return `${model} at ${hostOf(client)}`;
}

/** The same for an error, with the name that its reader knows. */
export function serverText(llm: string, { client, model }: SettledServer): string {
  return `"${llm}"${model === llm ? '' : `, asked for as "${model}",`} at ${hostOf(client)}`;
}

/** The rest of an address may hold a secret. */
function hostOf({ baseURL }: ModelClient): string {
  const { host } = URL.canParse(baseURL) ? new URL(baseURL) : { host: '' };
  return host || 'an address without a host';
}
