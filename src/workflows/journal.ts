/**
 * Journal: what a tool call has done so far, operation by operation.
 *
 * Every operation of a context goes through here and nothing else has effects. In one run Temporal's
 * replay repeats the code and this only counts. Where a body is entered again without that replay, it
 * runs against the entries: a finished operation gives its recorded outcome and has no effect.
 *
 * Operations are numbered in the order they begin, which the same code on the same outcomes repeats.
 *
 * @module
 */
import { AgentError, type AgentErrorCode, errorText, isAgentError } from '../protocol';

export type OperationKind = 'write' | 'wait' | 'send' | 'tool' | 'sleep' | 'get' | 'set' | 'keys' | 'now' | 'random';

/** One operation. Open until `outcome` is there. JSON, so that it can travel. */
export interface JournalEntry {
  readonly kind: OperationKind;
  readonly outcome?: Outcome;
}

export type Outcome =
  | { readonly value: unknown }
  | { readonly error: { readonly message: string; readonly code?: string; readonly details?: unknown } };

export class Journal {
  /** `step.call`, with the agent path before it when nested. */
  readonly callId: string;
  readonly #entries: JournalEntry[];
  #begun = 0;

  constructor(callId: string, entries: readonly JournalEntry[] = []) {
    this.callId = callId;
    this.#entries = [...entries];
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Perform an operation that ends at once. `effect` gets the operation's id. */
  perform<T>(kind: OperationKind, effect: (operationId: string) => T): T {
    const { nth, id, recorded } = this.#begin(kind);
    if (recorded !== undefined) return unwrap(recorded) as T;
    try {
      const value = effect(id);
      this.#entries[nth] = { kind, outcome: { value } };
      return value;
    } catch (error) {
      this.#entries[nth] = { kind, outcome: { error: recordError(error) } };
      throw error;
    }
  }

  /** Perform an operation that takes time. Its failure is recorded only when `isOutcome` says that it is one. */
  async settle<T>(
    kind: OperationKind,
    effect: (operationId: string) => Promise<T>,
    isOutcome: (error: unknown) => boolean,
  ): Promise<T> {
    const { nth, id, recorded } = this.#begin(kind);
    if (recorded !== undefined) return unwrap(recorded) as T;
    try {
      const value = await effect(id);
      this.#entries[nth] = { kind, outcome: { value } };
      return value;
    } catch (error) {
      if (isOutcome(error)) this.#entries[nth] = { kind, outcome: { error: recordError(error) } };
      throw error;
    }
  }

  #begin(kind: OperationKind): { nth: number; id: string; recorded: Outcome | undefined } {
    const nth = this.#begun;
    this.#begun += 1;
    const entry = this.#entries[nth];
    if (entry !== undefined && entry.kind !== kind) {
      throw new Error(
        `Tool call ${this.callId} was entered again with other code: operation ${nth} was "${entry.kind}" and is now "${kind}". ` +
          'Finish open calls before changing a tool body.',
      );
    }
    if (entry === undefined) this.#entries[nth] = { kind };
    return { nth, id: `${this.callId}.${nth}`, recorded: entry?.outcome };
  }
}

function recordError(error: unknown): { message: string; code?: string; details?: unknown } {
  const message = errorText(error);
  return isAgentError(error) ? { message, code: error.code, details: error.details } : { message };
}

function unwrap(outcome: Outcome): unknown {
  if ('value' in outcome) return outcome.value;
  const { message, code, details } = outcome.error;
  if (code === undefined) throw new Error(message);
  throw new AgentError(code as AgentErrorCode, message, details as never);
}
