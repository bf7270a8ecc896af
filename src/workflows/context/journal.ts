/**
 * Journal: what a tool call has done so far, operation by operation.
 *
 * Every operation of a context goes through the journal. Within a run, Temporal's replay repeats the code and the
 * journal only counts. A body that is entered again without that replay runs against its entries: finished operations
 * return their recorded outcomes without effects, open ones are resumed.
 *
 * Outcomes are delivered in their recorded order, each once every operation that had begun before it has begun again.
 * So parallel operations keep their numbers. A resumed operation that ends at once comes after all recorded outcomes.
 *
 * A re-entered body that does something else is stopped at that operation. It never gets another operation's outcome.
 *
 * @module
 */
import {
  AgentError,
  copyJson,
  digestOf,
  errorText,
  isAgentError,
  isPlainObject,
  sameJson,
  takeJson,
  unstamped,
  type AgentErrorCode,
  type JournalEntry,
  type OperationKind,
  type OperationOutcome,
} from '../../protocol';

/** An operation that takes time, as its effect sees it. */
export interface Operation {
  readonly id: string;
  /** The note of the interrupted operation. Absent: it begins now. */
  readonly resumed?: unknown;
  /** Leaves what is needed to resume it. A function is called whenever the journal is read. */
  note(value: unknown | (() => unknown)): void;
  /** Reports that the resumed operation differs. @returns The error that stops the body. */
  diverge(what: string): Error;
}

export interface JournalOptions {
  /** Only counts: for a body that is never entered again and may run for years. */
  readonly forgets?: boolean;
  readonly isResumed?: boolean;
  /** When the body was first entered, if that was elsewhere. */
  readonly began?: number;
  /** Called once, when the body diverges. @returns The error that the body gets. */
  readonly diverged?: (problem: string) => Error;
}

export class Journal {
  /** `step.call`, after the operation that runs the agent when nested. */
  readonly callId: string;
  readonly #entries: JournalEntry[];
  /** Outcomes that wait for their turn, by place. */
  readonly #due = new Map<number, () => void>();
  readonly #liveNotes = new WeakMap<JournalEntry, () => unknown>();
  /** Entries from elsewhere. */
  readonly #before: number;
  #begun = 0;
  /** Outcomes that have a place, delivered or not. */
  #placed: number;
  /** Outcomes delivered. */
  #ended = 0;
  /** Delivered outcomes that may not have reached the body yet. */
  #underWay = 0;

  /** The call and its context have ended. */
  isClosed = false;
  /** The body is entered again. */
  readonly isResumed: boolean;
  readonly began: number;
  /** Thrown at each operation once the body has diverged. */
  divergence: Error | undefined;
  readonly #forgets: boolean;
  readonly #diverged: (problem: string) => Error;
  /** When the body was entered here, and the time that it reads until the workflow's clock moves on. */
  readonly #entered: number;
  #told: number | undefined;

  constructor(
    callId: string,
    entries: readonly JournalEntry[] = [],
    { forgets = false, isResumed = false, began, diverged = (problem) => new Error(problem) }: JournalOptions = {},
  ) {
    this.callId = callId;
    this.#entries = [...entries];
    this.#before = entries.length;
    this.#placed = entries.filter(({ ended }) => ended !== undefined).length;
    this.#forgets = forgets;
    this.isResumed = isResumed;
    this.#entered = Date.now();
    this.began = began ?? this.#entered;
    this.#told = began;
    this.#diverged = diverged;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries.map((entry) => {
      const note = entry.outcome === undefined ? this.#liveNotes.get(entry) : undefined;
      return note === undefined ? entry : { ...entry, note: note() };
    });
  }

  /**
   * Performs an operation that ends at once.
   *
   * @param given Everything that decides what the operation does.
   */
  perform<T>(kind: OperationKind, effect: (operationId: string) => T, given?: readonly unknown[]): T {
    const { nth, id, entry, isRecorded } = this.#begin(kind, given);
    if (isRecorded && entry.outcome !== undefined) return unwrap(entry.outcome) as T;
    try {
      const value = effect(id);
      this.#entries[nth] = { ...entry, outcome: this.#kept(value) };
      return value;
    } catch (error) {
      this.#entries[nth] = { ...entry, outcome: { error: recordError(error) } };
      throw error;
    }
  }

  /**
   * Performs an operation that takes time. Its failure is recorded only if `isOutcome` accepts it.
   *
   * @param given Everything that decides what the operation does.
   */
  async settle<T>(
    kind: OperationKind,
    effect: (operation: Operation) => Promise<T>,
    isOutcome: (error: unknown) => boolean,
    given?: readonly unknown[],
  ): Promise<T> {
    const { nth, id, entry, isRecorded } = this.#begin(kind, given);
    const { note: left, ...begun } = entry;
    if (begun.outcome !== undefined) {
      await this.#turnOf(begun.ended ?? 0);
      return unwrap(begun.outcome) as T;
    }
    // Takes its place at once, even if delivery must wait: a context may be read in between.
    const end = (outcome: OperationOutcome): Promise<void> | undefined => {
      const isNext = this.#isCaughtUp;
      const ended = this.#placed;
      this.#entries[nth] = { ...begun, outcome, ended, at: Date.now() };
      this.#placed += 1;
      if (!isNext) return this.#turnOf(ended);
      this.#ended += 1;
      this.#told = undefined;
      return undefined;
    };
    const note = (value: unknown): void => {
      const noted: JournalEntry = typeof value === 'function' ? { ...begun } : { ...begun, note: value };
      this.#entries[nth] = noted;
      if (typeof value === 'function') this.#liveNotes.set(noted, value as () => unknown);
    };
    const diverge = (what: string): Error => this.#diverge(`operation ${nth} ("${kind}") ${what}`);
    try {
      const value = await effect({ id, note, diverge, ...(isRecorded ? { resumed: left } : {}) });
      const turn = end(this.#kept(value));
      if (turn !== undefined) await turn;
      return value;
    } catch (error) {
      const turn = this.divergence !== error && isOutcome(error) ? end({ error: recordError(error) }) : undefined;
      if (turn !== undefined) await turn;
      throw error;
    }
  }

  /** Until the clock moves on, the time of the last outcome. */
  timeTold(now: number): number {
    return now === this.#entered ? (this.#told ?? now) : now;
  }

  /** The body has ended. A re-entered one must have begun everything that it had begun before. */
  finish(): void {
    if (this.divergence === undefined && this.#begun < this.#before) {
      this.#diverge(`it ended after ${this.#begun} operations and had begun ${this.#before}`);
    }
  }

  /** A copy, because the receiver may change the value. */
  #kept(value: unknown): OperationOutcome {
    return this.#forgets ? {} : { value: copyJson(value) };
  }

  #begin(
    kind: OperationKind,
    parts: readonly unknown[] | undefined,
  ): { nth: number; id: string; entry: JournalEntry; isRecorded: boolean } {
    if (this.divergence !== undefined) throw this.divergence;
    const nth = this.#begun;
    this.#begun += 1;
    if (this.#forgets) this.#entries.length = 0;
    const recorded = this.#entries[nth];
    const given = parts === undefined || this.#forgets ? undefined : digestOfParts(parts);
    if (recorded !== undefined && recorded.kind !== kind) {
      throw this.#diverge(`operation ${nth} was "${recorded.kind}" and is now "${kind}"`);
    }
    if (recorded?.given !== undefined && recorded.given !== given) {
      throw this.#diverge(`operation ${nth} ("${kind}") is given something else than it was`);
    }
    if (kind === 'write' && recorded?.outcome !== undefined && !isWritten(recorded.outcome, parts?.[0])) {
      throw this.#diverge(`operation ${nth} ("write") writes something else than it did`);
    }
    // Earlier releases recorded no digest; now there is one.
    const entry = { ...(recorded ?? { kind, after: this.#ended }), ...(given === undefined ? {} : { given }) };
    if (recorded === undefined || recorded.given === undefined) this.#entries[nth] = entry;
    this.#release();
    return { nth, id: `${this.callId}.${nth}`, entry, isRecorded: recorded !== undefined };
  }

  #diverge(what: string): Error {
    this.divergence = this.#diverged(`Tool call ${this.callId} was entered again with other code: ${what}.`);
    return this.divergence;
  }

  /** Everything that had begun elsewhere has begun again, and all earlier outcomes have been delivered. */
  get #isCaughtUp(): boolean {
    return this.#begun >= this.#before && this.#ended === this.#placed && this.#underWay === 0;
  }

  #turnOf(place: number): Promise<void> {
    return new Promise((resolve) => {
      this.#due.set(place, resolve);
      this.#release();
    });
  }

  /** Delivers the next outcome, if everything that had begun before it has begun again. */
  #release(): void {
    const next = this.#due.get(this.#ended);
    if (next === undefined) return;
    if (this.#entries.some(({ after }, nth) => after <= this.#ended && nth >= this.#begun)) return;
    this.#due.delete(this.#ended);
    this.#told = this.#entries.find(({ ended }) => ended === this.#ended)?.at;
    this.#ended += 1;
    this.#underWay += 1;
    next();
    // In a later microtask: if the body does not await the first outcome yet, the receiver of the second could continue
    // first.
    void Promise.resolve().then(() => {
      this.#underWay -= 1;
      this.#release();
    });
  }
}

/** Checked even without a digest, so that nobody is shown one thing for another. */
function isWritten(outcome: OperationOutcome, event: unknown): boolean {
  const [before, now] = ['value' in outcome ? outcome.value : undefined, takeJson(event)];
  if (!isPlainObject(before) || 'problem' in now || !isPlainObject(now.value)) return true;
  return sameJson(unstamped(before), unstamped(now.value));
}

/** Unreadable parts have a constant digest; the operation itself refuses them. */
function digestOfParts(parts: readonly unknown[]): string {
  return digestOf(parts.map((part) => takeJson(part)));
}

/** As JSON, because tool code can put anything into an AgentError. */
function recordError(error: unknown): { message: string; code?: string; details?: unknown } {
  const message = errorText(error);
  try {
    if (!isAgentError(error)) return { message };
    const taken = takeJson({ code: `${error.code}`, details: error.details });
    return 'value' in taken ? { message, ...taken.value } : { message };
  } catch {
    return { message };
  }
}

function unwrap(outcome: OperationOutcome): unknown {
  if (!('error' in outcome)) return copyJson(outcome.value);
  const { message, code, details } = outcome.error;
  if (code === undefined) throw new Error(message);
  throw new AgentError(code as AgentErrorCode, message, details as never);
}
