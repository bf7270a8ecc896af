/**
 * Follow: watches one run as people would, and lets them act, until it has ended or is parked for good.
 *
 * Parked for good: it waits for people, none of whom will do anything more, and no time will be over soon.
 *
 * @module
 */
import type { AgentClient, AnyEvent, WorkflowHandler } from 'countersign/client';
import { askWorker } from './ask-worker';
import { Bell } from './bell';
import { Clock } from './clock';
import { Human, type Hands } from './human';
import { ringWithHistory } from './history-bell';
import { atRest, isQuiet, stillOpen } from './rest';
import type { Run } from './scenario';
import { IDLE, sightOf } from './sight';

export interface Watched {
  readonly client: AgentClient;
  readonly handler: WorkflowHandler;
  readonly run: Run;
  /** The run's timeout, from now. None: for ever. Unit: milliseconds. */
  readonly timeoutMs?: number;
  /** Whether it was begun by other processes: what they have seen is no news, what is open now is. */
  readonly isResumed: boolean;
}

/** How far ahead a deadline is waited for at least. */
const SOON_MS = 10_000;

export class Follow {
  readonly #watched: Watched;
  readonly #human: Human;
  readonly #clock = new Clock();
  readonly #bell = new Bell();
  readonly #seen: AnyEvent[] = [];
  readonly #soonMs: number;
  readonly #begunAt = Date.now();
  #isOver = false;
  #idleAt = -1;

  constructor(watched: Watched, hands: Hands) {
    this.#watched = watched;
    this.#soonMs = Math.max(SOON_MS, (watched.run.stall_s ?? 0) * 1000);
    this.#human = new Human(watched.run, hands, this.#clock, this.#bell.ring);
  }

  /** Resolves when it has ended, or is parked for good, and all is done that was to be done. */
  async whole(): Promise<void> {
    const { client, handler } = this.#watched;
    const stop = new AbortController();
    const moved = (): void => {
      this.#clock.stop('waiting');
      this.#bell.ring();
    };
    const ringing = ringWithHistory(client.temporal, handler.workflowId, moved, stop.signal);
    const watching = this.#watch(stop.signal);
    const parked = this.#parked();
    for (const one of [ringing, watching, parked]) one.catch(() => undefined); // The first to fail is thrown below.
    try {
      await Promise.race([watching, parked, ringing.then(() => watching)]);
    } finally {
      stop.abort();
    }
    await Promise.all([ringing, watching]);
    await this.#human.done('ever');
    this.#human.after();
    await this.#human.done('ever');
  }

  /** Let the model take its time. People have seen by then what led to its call, and done what was due. */
  async holdModel(delayMs: number): Promise<void> {
    const { client, handler } = this.#watched;
    const { events } = await askWorker(client, () => handler.status());
    await this.#sawAsMany(events);
    this.#clock.run('model');
    await this.#clock.until(this.#clock.now + delayMs);
    await this.#human.done('now');
    this.#clock.stop('model');
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, handler, isResumed } = this.#watched;
    const old = isResumed ? (await askWorker(client, () => handler.status())).events : 0;
    this.#human.start();
    await this.#human.done('now');
    for await (const event of handler.streamEvents({ signal, tokens: false })) {
      const nth = this.#seen.length + 1;
      if (nth > old) this.#human.notice(sightOf(event));
      else if (nth === old) {
        const pending = await askWorker(client, () => handler.pendingInputs());
        const open = stillOpen([...this.#seen, event], pending);
        for (const one of open) this.#human.notice(sightOf(one));
      }
      this.#seen.push(event);
      this.#bell.ring();
    }
    this.#isOver = true;
    this.#clock.run('over');
    this.#bell.ring();
  }

  async #sawAsMany(events: number): Promise<void> {
    for (;;) {
      const { next } = this.#bell;
      if (this.#seen.length >= events || this.#isOver) return;
      await next;
    }
  }

  async #parked(): Promise<void> {
    for (;;) {
      const { next } = this.#bell;
      if (this.#isOver || (await this.#isParked())) return;
      await next;
    }
  }

  async #isParked(): Promise<boolean> {
    const { client, handler, timeoutMs } = this.#watched;
    await this.#human.done('now');
    if (!(await isQuiet(client, handler))) return false;
    this.#clock.run('waiting');
    const { events } = await askWorker(client, () => handler.status());
    await this.#sawAsMany(events);
    await this.#human.done('now');
    const rest = await atRest(client, handler, this.#seen.slice(0, events));
    if (rest === undefined) return false;
    if (this.#idleAt !== events) {
      this.#idleAt = events;
      this.#human.notice(IDLE);
      this.#bell.ring();
      return false;
    }
    const ends = timeoutMs === undefined ? rest.deadlines : [...rest.deadlines, this.#begunAt + timeoutMs];
    if (this.#human.isBusy || ends.some((end) => end < Date.now() + this.#soonMs)) return false;
    if (!this.#human.after()) return true;
    this.#bell.ring();
    return false;
  }
}
