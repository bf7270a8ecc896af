/**
 * Model servers: which server each `llm` of a worker's agents is asked of.
 *
 * Settled when the worker is made. A misspelt name must stop it there: the agent that it was meant for would
 * send its conversations to another provider, and nobody would notice.
 *
 * @module
 */
import OpenAI from 'openai';
import type { Definitions } from '../activities';
import { chatModel, type Model, type ModelClient, type ModelServer } from '../models';
import { AgentError } from '../protocol';

export interface ModelServerOptions {
  /**
   * A server of its own for an agent's `llm`, by that `llm`. Agents whose `llm` is not here ask `openai`. A name that
   * is no agent's `llm` is an error.
   */
  readonly models?: Readonly<Record<string, ModelServer>>;
  /**
   * Default: made from OPENAI_API_KEY and OPENAI_BASE_URL, and needed only when some agent's `llm` is not in `models`.
   * Its own retries are not used: Temporal retries.
   */
  readonly openai?: ModelClient;
  /** Asked of `openai` instead of every agent's own `llm`: for a server that knows only its own models. Not for `models`. */
  readonly model?: string;
}

/** @throws AgentError `INVALID_DEFINITION` or `MODEL_KEY_MISSING`. */
export function modelServers(
  definitions: Definitions,
  { models = {}, openai, model }: ModelServerOptions,
): (llm: string) => Model {
  const llms = llmsOf(definitions);
  const own = new Map(Object.entries(models));
  for (const [llm, server] of own) checkServer(llm, server, llms);
  const client = openai ?? clientFromEnvironment(llms.filter((llm) => !own.has(llm)));
  // Each is made once: it remembers what its server does not take.
  const made = new Map<string, Model>();
  return (llm) => {
    const server = own.get(llm);
    const found =
      made.get(llm) ??
      (server === undefined
        ? chatModel(llm, { client, model: model ?? llm })
        : chatModel(llm, { client: server.client, model: server.model ?? llm }));
    made.set(llm, found);
    return found;
  };
}

function llmsOf({ workflows }: Definitions): readonly string[] {
  const agents = [...workflows.values()].flatMap((definition) => [...definition.agents.values()]);
  return [...new Set(agents.map(({ llm }) => llm))].sort();
}

function checkServer(name: string, server: unknown, llms: readonly string[]): void {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_DEFINITION', `createWorker({models}): ${problem}`, { name });
  };
  if (!llms.includes(name)) {
    const known = llms.length === 0 ? 'there are no agents' : `the llms of the agents are ${quoted(llms)}`;
    fail(`no agent has the llm "${name}"; ${known}. Correct the name, or leave it out.`);
  }
  const { client } = (server ?? {}) as { readonly client?: Partial<ModelClient> };
  if (typeof client?.chat?.completions?.create !== 'function')
    fail(`"${name}" has no client: give it {client: new OpenAI({apiKey, baseURL})}.`);
}

/** @param llms Those that it will be asked for. */
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
