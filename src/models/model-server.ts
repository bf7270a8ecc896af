/**
 * Model server: an OpenAI-compatible server, and the name that it knows a model by.
 *
 * @module
 */

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
      create(
        body: object,
        options: { readonly signal: AbortSignal; readonly maxRetries: number; readonly timeout: number },
      ): { asResponse(): Promise<Response> };
    };
  };
}

export interface ModelServer {
  /** Its own retries are not used: Temporal retries. */
  readonly client: ModelClient;
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
