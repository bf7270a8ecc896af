/**
 * Model servers: which server answers for each `llm` of a worker's agents.
 *
 * Settled when the worker is made, so that a misspelt name stops it there. Otherwise that agent would silently send its
 * conversations to another provider.
 *
 * @module
 */
import OpenAI from 'openai';
import type { Definitions } from '../activities';
import { readModelSettings } from '../agent';
import {
  chatModel,
  checkedModel,
  type Model,
  type ModelClient,
  type ModelServer,
  type ModelSource,
  MODEL_APIS,
  responsesModel,
  settledServer,
  withSettings,
} from '../models';
import { AgentError } from '../protocol';

export interface ModelServerOptions {
  /**
   * A server, or your own `Model`, for an agent's `llm`. In a list the first is asked; each of the others when a retry
   * cannot mend why those before it failed. Agents whose `llm` is missing here ask `openai`. A name that is no agent's
   * `llm` is an error.
   */
  readonly models?: Readonly<Record<string, ModelSource | readonly ModelSource[]>>;
  /**
   * Default: made from OPENAI_API_KEY and OPENAI_BASE_URL, and needed only when some agent's `llm` is not in `models`.
   * Its own retries are disabled: Temporal retries.
   */
  readonly openai?: ModelClient;
  /**
   * The model that `openai` is asked for instead of every agent's own `llm`: for a server that knows only its own
   * models. Not for `models`.
   */
  readonly model?: string;
}

/**
 * @returns Gives the models of an `llm`, in order: at least one.
 * @throws AgentError `INVALID_DEFINITION`, `INVALID_OPTION` or `MODEL_KEY_MISSING`.
 */
export function modelServers(
  definitions: Definitions,
  { models = {}, openai, model }: ModelServerOptions,
): (llm: string) => readonly Model[] {
  const llms = llmsOf(definitions);
  // Created once, because each remembers what its server refuses.
  const made = new Map<string, readonly Model[]>();
  for (const [llm, given] of Object.entries(models)) made.set(llm, modelsOf(llm, given, llms));
  const client = openai ?? clientFromEnvironment(llms.filter((llm) => !made.has(llm)));
  return (llm) => {
    const found = made.get(llm) ?? [
      chatModel(llm, settledServer(llm, { client, ...(model === undefined ? {} : { model }) })),
    ];
    made.set(llm, found);
    return found;
  };
}

function llmsOf({ workflows }: Definitions): readonly string[] {
  const agents = [...workflows.values()].flatMap((definition) => [...definition.agents.values()]);
  return [...new Set(agents.map(({ llm }) => llm))].sort();
}

function modelsOf(llm: string, given: unknown, llms: readonly string[]): readonly Model[] {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_DEFINITION', `createWorker({models}): ${problem}`, { name: llm });
  };
  if (!llms.includes(llm)) {
    const known = llms.length === 0 ? 'there are no agents' : `the llms of the agents are ${quoted(llms)}`;
    fail(`no agent has the llm "${llm}"; ${known}. Correct the name, or leave it out.`);
  }
  const sources: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (sources.length === 0) fail(`"${llm}" has an empty list: give it {client: new OpenAI({apiKey, baseURL})}.`);
  const servers: ModelServer[] = [];
  return sources.map((source, nth) => {
    if (isModel(source)) return checkedModel(source);
    const where = Array.isArray(given) ? `"${llm}" at place ${nth + 1}` : `"${llm}"`;
    if (isUntitled(source)) return fail(`the model of ${where} has no title: give it one, which errors name it by.`);
    if (!isServer(source)) return fail(`${where} has no client: give it {client: new OpenAI({apiKey, baseURL})}.`);
    const { modelSettings = {}, api = 'chat' } = source;
    if (!MODEL_APIS.includes(api)) fail(`${where} has an api that is none: it is ${quoted(MODEL_APIS)}.`);
    if (api === 'responses' && typeof source.client.responses?.create !== 'function') {
      fail(`the client of ${where} has no Responses API: give it {client: new OpenAI({...})}, or leave api out.`);
    }
    const settings = readModelSettings(`modelSettings of createWorker({models}) for ${where}`, modelSettings);
    const isTwin = (other: ModelServer): boolean =>
      (other.model ?? llm) === (source.model ?? llm) &&
      (other.api ?? 'chat') === api &&
      other.client.baseURL === source.client.baseURL;
    const twins = servers.filter(isTwin).length;
    servers.push(source);
    const model = api === 'responses' ? responsesModel : chatModel;
    return withSettings(model(llm, settledServer(llm, source, twins)), settings);
  });
}

function isModel(source: unknown): source is Model {
  const { title, ask } = (source ?? {}) as Partial<Model>;
  return typeof title === 'string' && typeof ask === 'function';
}

/** Somebody's own `Model` without a title. */
function isUntitled(source: unknown): boolean {
  return typeof ((source ?? {}) as Partial<Model>).ask === 'function' && !isServer(source);
}

function isServer(source: unknown): source is ModelServer {
  const { client } = (source ?? {}) as { readonly client?: Partial<ModelClient> };
  return typeof client?.chat?.completions?.create === 'function';
}

/** @param llms What it will be asked for. */
function clientFromEnvironment(llms: readonly string[]): ModelClient {
  const apiKey = process.env['OPENAI_API_KEY'];
  if (llms.length > 0 && (apiKey === undefined || apiKey.trim() === '')) {
    throw new AgentError(
      'MODEL_KEY_MISSING',
      `No model key for the llm ${quoted(llms)}: set OPENAI_API_KEY (any text for a server that needs none), or pass createWorker({openai: new OpenAI({...})}), or a client for the llm in createWorker({models: {...}}).`,
      {},
    );
  }
  return new OpenAI({ apiKey: apiKey ?? 'none', maxRetries: 0 });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
