/**
 * Link reader: reads one link of a run for all who watch it in this process.
 *
 * One doorbell, and one query at a time, which is asked only when it rang and somebody has seen all
 * there is: so nobody who is slow makes it hold more than its tail, or holds the others back.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { AnyEvent, EventsPage } from '../../protocol';
import { Bell } from './bell';
import { doorbell } from './doorbell';
import { endEvent } from './end-event';
import { Forgotten, isForgotten } from './forgotten';
import { resetOf } from './links-after';
import type { LinkStart } from './links-before';
import { type HeardTexts, LiveTexts } from './live-texts';
import { type Link, patiently, readPage } from './pages';
import { isNotReady } from '../server/patience';
import { pendingCalls } from './pending-calls';
import { Settling, splitPage } from './settling';
import { StuckTask } from './stuck-task';
import { Tail } from './tail';

/**
 * What comes next for a watcher: `event`, or nothing yet; `behind`: it must read on by itself; `ahead`: nothing yet, but it has
 * seen more than was read here.
 */
export type Upcoming =
  | { readonly kind: 'event'; readonly event: AnyEvent; readonly seq: number }
  | { readonly kind: 'behind' | 'ahead' | 'none' };

/** How a link ended: with the run's last event; without one; or by going on in `next`. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'moved'; readonly next: string };

/** An end that the run could not write, or the execution in which it goes on since it was reset. */
export type Sequel = { readonly event: AnyEvent } | { readonly resetRunId: string };

export class LinkReader {
  readonly #client: Client;
  readonly #link: Link;
  readonly #signal: AbortSignal;
  #tail: Tail;
  readonly #bell = new Bell();
  readonly #settling: Settling;
  readonly #live: LiveTexts;
  readonly #stuck: StuckTask;
  #start: LinkStart | undefined;
  #closed: { readonly next?: string; readonly previous?: string } | undefined;
  #ending: Ending | undefined;
  #failure: { readonly error: unknown } | undefined;
  #sequel: Promise<Sequel | undefined> | undefined;
  #hasRead = false;
  #isStale = false;
  #isReading = false;

  /** @param head Read events with a higher `seq`. @param signal Ends it. */
  constructor(client: Client, link: Link, head: number, signal: AbortSignal) {
    this.#client = client;
    this.#link = link;
    this.#signal = signal;
    this.#tail = new Tail(head);
    this.#settling = new Settling(client, link, signal);
    this.#live = new LiveTexts(
      () => pendingCalls(client, link, signal),
      () => this.#bell.ring(),
      signal,
    );
    this.#stuck = new StuckTask(client, link, () => this.#bell.ring(), signal);
    void this.#listen();
  }

  /** The last `seq` that was read. */
  get head(): number {
    return this.#tail.head;
  }

  /** The lowest `seq` that is held; what comes next when nothing is. */
  get first(): number {
    return this.#tail.first;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Where the link begins. `undefined` until that is known. */
  get start(): LinkStart | undefined {
    return this.#start;
  }

  /** Why a worker cannot go on with the run. `undefined` while it can. */
  get stuck(): string | undefined {
    return this.#stuck.why;
  }

  /** Somebody wants what models say. @returns Call it when they want no more. */
  listen(): () => void {
    return this.#live.listen();
  }

  /** What a model says and a watcher has not heard; noted in `heard`. `undefined` for one that has seen other events than were read here. */
  said(after: number, heard: HeardTexts): AnyEvent | undefined {
    return after === this.#tail.head ? this.#live.next(heard) : undefined;
  }

  /** How the link has ended, for whoever has seen all its events. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** @param after The last `seq` that a watcher has seen. */
  upcoming(after: number): Upcoming {
    if (after >= this.#tail.head) return { kind: after > this.#tail.head ? 'ahead' : 'none' };
    const held = this.#tail.from(Math.max(after + 1, this.#start?.oldest ?? 0));
    return held === undefined ? { kind: 'behind' } : { kind: 'event', event: held.event, seq: held.seq };
  }

  /**
   * The events that follow `after`, of which those above the `head` may not be settled. `undefined` once `signal`
   * has aborted, or when the link has ended and nobody can tell them.
   */
  async page(after: number, signal: AbortSignal): Promise<EventsPage | undefined> {
    const isClosed = () => this.#closed !== undefined;
    try {
      const onMisfit = (why: string) => this.#stuck.say(why);
      const page = await readPage(this.#client, this.#link, { after }, signal, isClosed, onMisfit);
      this.#stuck.goesOn();
      return page;
    } catch (error) {
      if (isNotReady(error)) return undefined;
      throw error;
    }
  }

  /** For a watcher that has seen all there is: resolves when it should look again. @throws What the reading failed with. */
  async news(signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const ringing = this.#bell.next(signal);
    this.#read();
    await ringing;
  }

  /** A watcher has found that the run has fewer events than were read here: nobody goes on with those. */
  forget(): Forgotten {
    const error = new Forgotten();
    this.#fail(error);
    return error;
  }

  /** What comes of a link that has ended without a last event. `undefined` once the reader has stopped. */
  sequel(): Promise<Sequel | undefined> {
    this.#sequel ??= patiently(this.#client, this.#signal, async () => {
      const resetRunId = await resetOf(this.#client, this.#link);
      return resetRunId === undefined ? { event: await endEvent(this.#client, this.#link) } : { resetRunId };
    });
    return this.#sequel;
  }

  async #listen(): Promise<void> {
    try {
      for await (const ring of doorbell(this.#client, this.#link, this.#signal)) {
        if (ring.kind === 'fails') {
          this.#stuck.fails(ring.failure);
          continue;
        }
        if (ring.completed.length > 0) this.#stuck.goesOn();
        this.#settling.add(ring.completed);
        if (ring.kind === 'closed') {
          this.#closed = ring;
          this.#settling.close();
        }
        this.#isStale = true;
        if (this.#bell.isAwaited) this.#read();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #read(): void {
    if (!this.#isStale || this.#isReading || this.#ending !== undefined) return;
    this.#isReading = true;
    this.#readPage()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isReading = false;
        this.#bell.ring();
      });
  }

  async #readPage(): Promise<void> {
    this.#isStale = false;
    // What is told of the history before that is in the page, if the run was told.
    const [last, isClosed] = [this.#settling.last, this.#closed !== undefined];
    const page = await this.page(this.#tail.head, this.#signal);
    if (page === undefined) {
      if (this.#signal.aborted) return;
      const { previous } = this.#closed ?? {};
      this.#start ??= previous === undefined ? {} : { previous };
      return this.#end();
    }
    if (isForgotten(page, this.#tail.head)) {
      if (this.#hasRead) throw new Forgotten();
      // The first watcher has seen more, of another run. Of what is there, nothing is known to be settled.
      this.#tail = new Tail(page.oldest - 1);
      this.#isStale = true;
      return;
    }
    this.#hasRead = true;
    const { events, oldest, previous, done, more = events.length > 0 } = page;
    this.#start ??= { oldest, ...(previous === undefined ? {} : { previous }) };
    const { settled, open } = splitPage(page, last);
    this.#append(settled);
    if (open !== undefined) {
      // A task that was under way when the link ended has made nothing, and not its end either.
      if (isClosed) return this.#end();
      this.#bell.ring();
      if (!(await this.#settling.stands(open.task))) {
        // Who else would be asked now may be the one that made it up.
        if (this.#closed !== undefined && open.task > this.#settling.last) return this.#end();
        this.#isStale = true;
        return;
      }
      this.#append(open.events);
    }
    if (done) this.#ending = { kind: 'done' };
    else if (more) this.#isStale = true;
    else if (!this.#isStale) this.#end();
  }

  /** All that there is of the link was read: if it is closed, it has ended otherwise than with a last event of its own. */
  #end(): void {
    if (this.#closed === undefined) return;
    const { next } = this.#closed;
    this.#ending = next === undefined ? { kind: 'cut' } : { kind: 'moved', next };
  }

  #append(events: readonly AnyEvent[]): void {
    for (const event of events) {
      this.#tail.append(event);
      this.#live.read(event);
    }
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#failure ??= { error };
    this.#bell.ring();
  }
}
