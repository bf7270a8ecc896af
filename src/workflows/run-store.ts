/**
 * Run store: what a run remembers, shared by its agents and tools.
 *
 * Values are copied in and out as JSON, so nobody holds a part of it and changes it unseen.
 *
 * @module
 */
import { AgentError, jsonProblem, type Json, type JsonObject } from '../protocol';

export class RunStore {
  readonly #values = new Map<string, string>();

  constructor(initial: JsonObject = {}) {
    for (const [key, value] of Object.entries(initial)) this.set(key, value);
  }

  get(key: string): Json | undefined {
    const text = this.#values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  set(key: string, value: unknown): void {
    const problem = jsonProblem(value);
    if (problem !== undefined) {
      throw new AgentError('INVALID_JSON', `store.set("${key}") takes JSON only: ${problem}.`, { where: key });
    }
    this.#values.set(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  all(): JsonObject {
    return Object.fromEntries([...this.#values].map(([key, text]) => [key, JSON.parse(text) as Json]));
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
}
