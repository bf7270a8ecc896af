/**
 * Run store: values that a run's agents and tools share.
 *
 * Values are copied in and out as JSON, so none changes unseen. Keys and values that a context cannot hold are refused,
 * because the next link could not read them.
 *
 * @module
 */
import { AgentError, byteLength, LIMITS, takeJson, type Json, type JsonObject } from '../../protocol';

export class RunStore {
  readonly #values = new Map<string, string>();
  #bytes = 0;

  constructor(initial: JsonObject = {}) {
    for (const [key, value] of Object.entries(initial)) this.set(key, value);
  }

  get(key: string): Json | undefined {
    const text = this.#values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  set(key: string, value: unknown): void {
    if (typeof key !== 'string' || key === '__proto__') {
      const message = `store.set takes any text but "__proto__" as a key, and was given ${typeof key === 'string' ? `"${key}"` : `a ${typeof key}`}.`;
      throw new AgentError('INVALID_JSON', message, { where: String(key) });
    }
    const taken = takeJson(value);
    if ('problem' in taken) {
      throw new AgentError('INVALID_JSON', `store.set("${key}") takes JSON only: ${taken.problem}.`, { where: key });
    }
    const text = JSON.stringify(taken.value);
    const bytes = this.#bytes - sizeOf(key, this.#values.get(key)) + sizeOf(key, text);
    if (bytes > LIMITS.storeBytes) {
      throw new AgentError(
        'LIMIT_EXCEEDED',
        `store.set("${key}") would make the store larger than ${LIMITS.storeBytes} bytes: keep large things elsewhere, and their names here.`,
        { limit: 'storeBytes' },
      );
    }
    this.#bytes = bytes;
    this.#values.set(key, text);
  }

  /** Sets the value unless the key exists. */
  setFirst(key: string, value: unknown): void {
    if (!this.#values.has(key)) this.set(key, value);
  }

  delete(key: string): void {
    this.#bytes -= sizeOf(key, this.#values.get(key));
    this.#values.delete(key);
  }

  all(): JsonObject {
    return Object.fromEntries([...this.#values].map(([key, text]) => [key, JSON.parse(text) as Json]));
  }

  /** In a context's order: whole numbers first. */
  keys(): readonly string[] {
    return Object.keys(Object.fromEntries(this.#values));
  }
}

function sizeOf(key: string, text: string | undefined): number {
  return text === undefined ? 0 : byteLength(key) + byteLength(text);
}
