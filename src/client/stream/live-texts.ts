/**
 * Live texts: what the models of a run are saying now, for all its watchers.
 *
 * Looked up only while somebody wants it and a model call is open, that is between its AgentInput and AgentOutput.
 * Nothing of a call is kept after its AgentOutput, so no partial text follows it.
 *
 * @module
 */
import { AgentInput, AgentOutput, AgentStream, type AnyEvent, StopEvent } from '../../protocol';
import { pause } from '../server/patience';
import type { PendingCall } from './pending-calls';

/** The shortest time between looks, however many watch. Unit: milliseconds. */
const EVERY_MS = 200;
/** After so many looks without news, looks are this rare: the model thinks, or no worker is there. */
const QUIET_LOOKS = 25;
const QUIET_EVERY_MS = 1000;

interface OpenCall {
  readonly upTo: unknown;
  /** The fields of its AgentStream. */
  readonly of: { readonly agent: string; readonly thread?: string; readonly agents?: string[] };
}

interface Spoken {
  readonly thread: string;
  readonly of: OpenCall['of'];
  readonly attempt: number;
  readonly offset: number;
  readonly text: string;
}

/** What a watcher has had of each call: of an attempt, the characters up to `end`. */
export type HeardTexts = Map<string, { readonly attempt: number; readonly end: number }>;

export class LiveTexts {
  readonly #look: () => Promise<readonly PendingCall[]>;
  readonly #changed: () => void;
  readonly #signal: AbortSignal;
  /** By thread, since an agent awaits one reply at a time. */
  readonly #open = new Map<string, OpenCall>();
  /** By activity. */
  readonly #spoken = new Map<string, Spoken>();
  #watchers = 0;
  #isLooking = false;

  constructor(look: () => Promise<readonly PendingCall[]>, changed: () => void, signal: AbortSignal) {
    this.#look = look;
    this.#changed = changed;
    this.#signal = signal;
  }

  /** Begins looking for texts. @returns Ends it; to be called once by each who began. */
  watch(): () => void {
    this.#watchers += 1;
    this.#start();
    return () => {
      this.#watchers -= 1;
    };
  }

  /** An event was read. */
  read(event: AnyEvent): void {
    if (AgentInput.is(event)) {
      const { agent, thread, agents, upTo } = event;
      const of = { agent, ...(thread === undefined ? {} : { thread }), ...(agents === undefined ? {} : { agents }) };
      this.#close(thread ?? '');
      this.#open.set(thread ?? '', { upTo, of });
      this.#start();
    } else if (AgentOutput.is(event)) {
      this.#close(event.thread ?? '');
    } else if (StopEvent.is(event)) {
      this.#open.clear();
      this.#spoken.clear();
    }
  }

  /** The next text that a watcher has not had, noted in `heard`. */
  next(heard: HeardTexts): AnyEvent | undefined {
    if (this.#spoken.size === 0) heard.clear();
    for (const [activityId, { of, attempt, offset, text }] of this.#spoken) {
      const end = offset + text.length;
      const had = heard.get(activityId);
      const from = had?.attempt === attempt ? had.end : 0;
      if (end <= from) continue;
      heard.set(activityId, { attempt, end });
      const delta = text.slice(Math.max(0, from - offset));
      return AgentStream({ ...of, delta, response: text, ...(offset === 0 ? {} : { offset }), attempt });
    }
    return undefined;
  }

  #close(thread: string): void {
    this.#open.delete(thread);
    for (const [activityId, spoken] of this.#spoken) if (spoken.thread === thread) this.#spoken.delete(activityId);
  }

  #start(): void {
    if (!this.#isLooking) void this.#keepLooking();
  }

  async #keepLooking(): Promise<void> {
    this.#isLooking = true;
    let quiet = 0;
    for (let lookedAt = Date.now(); this.#isWanted; ) {
      const every = quiet > QUIET_LOOKS ? QUIET_EVERY_MS : EVERY_MS;
      await pause(Math.max(0, lookedAt + every - Date.now()), this.#signal);
      if (!this.#isWanted) break;
      lookedAt = Date.now();
      quiet = (await this.#lookOnce()) ? 0 : quiet + 1;
    }
    this.#isLooking = false;
  }

  get #isWanted(): boolean {
    return this.#watchers > 0 && this.#open.size > 0 && !this.#signal.aborted;
  }

  /** @returns Whether anything was said. */
  async #lookOnce(): Promise<boolean> {
    const asked = [...this.#open];
    let calls: readonly PendingCall[];
    try {
      calls = await this.#look();
    } catch {
      return false; // The reader of the events fails too, and reports it.
    }
    // A failed call has no AgentOutput.
    if (calls.length === 0)
      for (const [thread, call] of asked) if (this.#open.get(thread) === call) this.#close(thread);
    let isNew = false;
    for (const { activityId, said } of calls) isNew = this.#take(activityId, said) || isNew;
    if (isNew) this.#changed();
    return isNew;
  }

  #take(activityId: string, said: PendingCall['said']): boolean {
    if (said === undefined) {
      this.#spoken.delete(activityId);
      return false;
    }
    const { thread = '', upTo, attempt, offset, text } = said;
    const call = this.#open.get(thread);
    if (call === undefined || call.upTo !== upTo) return false; // Its events have not been read yet, or are long past.
    const before = this.#spoken.get(activityId);
    if (before?.attempt === attempt && before.offset + before.text.length >= offset + text.length) return false;
    this.#spoken.set(activityId, { thread, of: call.of, attempt, offset, text });
    return true;
  }
}
