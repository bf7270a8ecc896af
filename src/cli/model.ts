/**
 * Model: which one the worker of this process asks.
 *
 * By OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL. Without a key the scripted model stands in, behind the same
 * `openai` client, which finds it by this process's environment.
 *
 * @module
 */
import { AgentError } from '../protocol';
import { startScriptedModel } from '../testing';

export interface Model {
  /** What a person is told of it. */
  readonly label: string;
  readonly url: string;
  /** Asked instead of every agent's own. */
  readonly name?: string;
  close(): Promise<void>;
}

/** @throws AgentError `MODEL_KEY_MISSING` when the named server needs a key. */
export async function openModel(env: NodeJS.ProcessEnv = process.env): Promise<Model> {
  const name = env['OPENAI_MODEL'] ? { name: env['OPENAI_MODEL'] } : {};
  const baseUrl = env['OPENAI_BASE_URL'];
  if (env['OPENAI_API_KEY']?.trim()) {
    const url = baseUrl || 'https://api.openai.com/v1';
    return {
      label: `${env['OPENAI_MODEL'] || "each agent's own"} at ${url}`,
      url,
      ...name,
      close: async () => undefined,
    };
  }
  if (baseUrl) {
    throw new AgentError(
      'MODEL_KEY_MISSING',
      `OPENAI_BASE_URL is ${baseUrl}, but there is no OPENAI_API_KEY: set it (any text for a server that needs none), or unset OPENAI_BASE_URL to have a scripted model.`,
      {},
    );
  }
  const model = await startScriptedModel();
  env['OPENAI_API_KEY'] = 'scripted';
  env['OPENAI_BASE_URL'] = model.url;
  return {
    label: `scripted, as OPENAI_API_KEY is not set; at ${model.url}`,
    url: model.url,
    close: () => model.close(),
  };
}
