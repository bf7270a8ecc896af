/**
 * Run store: what a run remembers, shared by its agents and tools.
 *
 * Values are copied in and out as JSON, so nobody holds a part of it and changes it unseen.
 *
 * @module
 */
import { AgentError, jsonProblem, type Json } from '../protocol';

export class RunStore {
  readonly #values = new Map<string, string>();

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

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
}
