/**
 * Journal: what a tool call has done so far, operation by operation.
 *
 * Every operation of a context goes through here and nothing else has effects. In one run Temporal's
 * replay repeats the code and this only counts. Where a body is entered again without that replay, it
 * runs against the entries: a finished operation gives its recorded outcome and has no effect, an open
 * one is taken up again. Outcomes are given in the order they came then, each when every operation that
 * had begun before it has begun again: so operations that ran side by side keep their numbers. One that is
 * taken up again may end at once: what it gives comes after all that came then, and is recorded so.
 *
 * @module
 */
import type { JournalEntry, OperationKind, Outcome } from '../../agent';
import { AgentError, copyJson, errorText, isAgentError, type AgentErrorCode } from '../../protocol';

/** An operation that takes time, as its effect sees it. */
export interface Operation {
  readonly id: string;
  /** The note it left when it was interrupted; none when it begins now. */
  readonly resumed?: unknown;
  /** Leave what is needed to take it up again; a function is asked for it whenever the journal is read. */
  note(value: unknown | (() => unknown)): void;
}

export class Journal {
  /** `step.call`, with the agent path before it when nested. */
  readonly callId: string;
  readonly #entries: JournalEntry[];
  /** Outcomes that wait for their turn, by their place. */
  readonly #due = new Map<number, () => void>();
  readonly #liveNotes = new WeakMap<JournalEntry, () => unknown>();
  /** Operations that had begun elsewhere. */
  readonly #before: number;
  #begun = 0;
  /** Outcomes that have their place: all that are recorded, given or not. */
  #placed: number;
  /** Outcomes that were given. */
  #ended = 0;
  /** Of those, the ones that may not have reached the body yet. */
  #underWay = 0;

  /** The call has ended, and its context with it. */
  isClosed = false;
  /** It goes on from what it did elsewhere. */
  readonly isResumed: boolean;
  readonly #forgets: boolean;

  /** @param options `forgets`: only count; for a body that will never be entered again, and may run for years. */
  constructor(
    callId: string,
    entries: readonly JournalEntry[] = [],
    options: { readonly forgets?: boolean; readonly isResumed?: boolean } = {},
  ) {
    this.callId = callId;
    this.#entries = [...entries];
    this.#before = entries.length;
    this.#placed = entries.filter(({ ended }) => ended !== undefined).length;
    this.#forgets = options.forgets ?? false;
    this.isResumed = options.isResumed ?? false;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries.map((entry) => {
      const note = entry.outcome === undefined ? this.#liveNotes.get(entry) : undefined;
      return note === undefined ? entry : { ...entry, note: note() };
    });
  }

  /** Perform an operation that ends at once. `effect` gets the operation's id. */
  perform<T>(kind: OperationKind, effect: (operationId: string) => T): T {
    const { nth, id, recorded } = this.#begin(kind);
    if (recorded?.outcome !== undefined) return unwrap(recorded.outcome) as T;
    const after = this.#entries[nth]?.after ?? this.#ended;
    try {
      const value = effect(id);
      this.#entries[nth] = { kind, after, outcome: this.#kept(value) };
      return value;
    } catch (error) {
      this.#entries[nth] = { kind, after, outcome: { error: recordError(error) } };
      throw error;
    }
  }

  /** Perform an operation that takes time. Its failure is recorded only when `isOutcome` says that it is one. */
  async settle<T>(
    kind: OperationKind,
    effect: (operation: Operation) => Promise<T>,
    isOutcome: (error: unknown) => boolean,
  ): Promise<T> {
    const { nth, id, recorded } = this.#begin(kind);
    if (recorded?.outcome !== undefined) {
      const { outcome, ended = 0 } = recorded;
      await this.#turnOf(ended);
      return unwrap(outcome) as T;
    }
    // Its place is its own at once, also where it must wait for its turn: a context may be taken before that comes.
    const end = (outcome: Outcome): Promise<void> | undefined => {
      const isNext = this.#isCaughtUp;
      const after = this.#entries[nth]?.after ?? this.#ended;
      const ended = this.#placed;
      this.#entries[nth] = { kind, after, outcome, ended };
      this.#placed += 1;
      if (!isNext) return this.#turnOf(ended);
      this.#ended += 1;
      return undefined;
    };
    const note = (value: unknown): void => {
      const { note: _before, ...entry } = { after: this.#ended, ...this.#entries[nth], kind };
      this.#entries[nth] = typeof value === 'function' ? entry : { ...entry, note: value };
      if (typeof value === 'function') this.#liveNotes.set(entry, value as () => unknown);
    };
    try {
      const value = await effect({ id, note, ...(recorded === undefined ? {} : { resumed: recorded.note }) });
      const turn = end(this.#kept(value));
      if (turn !== undefined) await turn;
      return value;
    } catch (error) {
      const turn = isOutcome(error) ? end({ error: recordError(error) }) : undefined;
      if (turn !== undefined) await turn;
      throw error;
    }
  }

  /** Whoever is given the value may change it. */
  #kept(value: unknown): Outcome {
    return this.#forgets ? {} : { value: copyJson(value) };
  }

  #begin(kind: OperationKind): { nth: number; id: string; recorded: JournalEntry | undefined } {
    const nth = this.#begun;
    this.#begun += 1;
    if (this.#forgets) this.#entries.length = 0;
    const recorded = this.#entries[nth];
    if (recorded !== undefined && recorded.kind !== kind) {
      throw new Error(
        `Tool call ${this.callId} was entered again with other code: operation ${nth} was "${recorded.kind}" and is now "${kind}". ` +
          'Finish open calls before changing a tool body.',
      );
    }
    if (recorded === undefined) this.#entries[nth] = { kind, after: this.#ended };
    this.#release();
    return { nth, id: `${this.callId}.${nth}`, recorded };
  }

  /** All that had begun elsewhere has begun again, and the body has been given all that came before. */
  get #isCaughtUp(): boolean {
    return this.#begun >= this.#before && this.#ended === this.#placed && this.#underWay === 0;
  }

  #turnOf(place: number): Promise<void> {
    return new Promise((resolve) => {
      this.#due.set(place, resolve);
      this.#release();
    });
  }

  /** Give the next outcome, if everything that had begun before it has begun again. */
  #release(): void {
    const next = this.#due.get(this.#ended);
    if (next === undefined) return;
    if (this.#entries.some(({ after }, nth) => after <= this.#ended && nth >= this.#begun)) return;
    this.#due.delete(this.#ended);
    this.#ended += 1;
    this.#underWay += 1;
    next();
    // Not at once: who was given the first would go on after who is given the second, if it does not await it yet.
    void Promise.resolve().then(() => {
      this.#underWay -= 1;
      this.#release();
    });
  }
}

function recordError(error: unknown): { message: string; code?: string; details?: unknown } {
  const message = errorText(error);
  return isAgentError(error) ? { message, code: error.code, details: error.details } : { message };
}

function unwrap(outcome: Outcome): unknown {
  if (!('error' in outcome)) return copyJson(outcome.value);
  const { message, code, details } = outcome.error;
  if (code === undefined) throw new Error(message);
  throw new AgentError(code as AgentErrorCode, message, details as never);
}
