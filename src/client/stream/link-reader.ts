/**
 * Link reader: reads one link of a run for all its watchers in this process.
 *
 * One doorbell, and one query at a time, asked only after a ring and when some watcher has seen everything read so far.
 * So a slow watcher costs no more than the tail and delays nobody.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { AnyEvent, EventsPage } from '../../protocol';
import { Bell } from './bell';
import { doorbell } from './doorbell';
import { endEvent } from './end-event';
import { Rewound, isRewound } from './rewound';
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
 * What comes next for a watcher: an event; nothing yet; `behind`: what it needs is no longer held, so it must query by
 * itself; `ahead`: nothing yet, but it has seen more than was read here.
 */
export type Upcoming =
  | { readonly kind: 'event'; readonly event: AnyEvent; readonly seq: number }
  | { readonly kind: 'behind' | 'ahead' | 'none' };

/** How a link ended: with the run's last event, without one, or by continuing in `next`. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'moved'; readonly next: string };

/** The end of a run that could not write one, or the execution that its reset began. */
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

  /** @param head Read events with a higher `seq`. @param signal Stops the reader. */
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
    void this.#followHistory();
  }

  /** The last `seq` that was read. */
  get head(): number {
    return this.#tail.head;
  }

  /** The lowest `seq` held; the next one when nothing is held. */
  get first(): number {
    return this.#tail.first;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Where the link begins. `undefined` until known. */
  get start(): LinkStart | undefined {
    return this.#start;
  }

  /** Why a worker cannot go on with the run. `undefined` while it can. */
  get stuck(): string | undefined {
    return this.#stuck.why;
  }

  /** Begins to look for partial replies for a watcher. @returns Ends it. */
  watchTexts(): () => void {
    return this.#live.watch();
  }

  /**
   * A partial reply that the watcher has not had, noted in `heard`. `undefined` for a watcher that has seen other
   * events than were read here.
   */
  nextText(after: number, heard: HeardTexts): AnyEvent | undefined {
    return after === this.#tail.head ? this.#live.next(heard) : undefined;
  }

  /** How the link ended, for watchers that have seen all its events. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** @param after The last `seq` that the watcher has seen. */
  upcoming(after: number): Upcoming {
    if (after >= this.#tail.head) return { kind: after > this.#tail.head ? 'ahead' : 'none' };
    const held = this.#tail.from(Math.max(after + 1, this.#start?.oldest ?? 0));
    return held === undefined ? { kind: 'behind' } : { kind: 'event', event: held.event, seq: held.seq };
  }

  /**
   * The events after `after`; those above `head` may not be settled. `undefined` once `signal` has aborted, or when the
   * link has ended and no worker can answer.
   */
  async page(after: number, signal: AbortSignal): Promise<EventsPage | undefined> {
    const isClosed = () => this.#closed !== undefined;
    try {
      const onMisfit = (why: string) => this.#stuck.cannotGoOn(why);
      const page = await readPage(this.#client, this.#link, { after }, signal, isClosed, onMisfit);
      this.#stuck.clear();
      return page;
    } catch (error) {
      if (isNotReady(error)) return undefined;
      throw error;
    }
  }

  /**
   * For a watcher that has seen everything: resolves when it should look again. @throws What the reading failed with.
   */
  async changed(signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const ringing = this.#bell.next(signal);
    this.#read();
    await ringing;
  }

  /** A watcher found that the run has fewer events than were read here: what is held is invalid. */
  rewound(): Rewound {
    const error = new Rewound();
    this.#fail(error);
    return error;
  }

  /** What follows a link that ended without a last event. `undefined` once the reader has stopped. */
  sequel(): Promise<Sequel | undefined> {
    this.#sequel ??= patiently(this.#client, this.#signal, async () => {
      const resetRunId = await resetOf(this.#client, this.#link);
      return resetRunId === undefined ? { event: await endEvent(this.#client, this.#link) } : { resetRunId };
    });
    return this.#sequel;
  }

  async #followHistory(): Promise<void> {
    try {
      for await (const ring of doorbell(this.#client, this.#link, this.#signal)) {
        if (ring.kind === 'fails') {
          this.#stuck.taskFailed(ring.failure);
          continue;
        }
        if (ring.completed.length > 0) this.#stuck.clear();
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
    // A page includes all tasks that the history had before the query.
    const [last, isClosed] = [this.#settling.last, this.#closed !== undefined];
    const page = await this.page(this.#tail.head, this.#signal);
    if (page === undefined) {
      if (this.#signal.aborted) return;
      const { previous } = this.#closed ?? {};
      this.#start ??= previous === undefined ? {} : { previous };
      return this.#end();
    }
    if (isRewound(page, this.#tail.head)) {
      if (this.#hasRead) throw new Rewound();
      // The first watcher's position is of another run. Nothing here is known to be settled.
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
      // A task that was running when the link ended had no effect.
      if (isClosed) return this.#end();
      this.#bell.ring();
      if (!(await this.#settling.stands(open.task))) {
        // Another query would reach the same worker, whose uncommitted state was just seen.
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

  /** The whole link was read: if it is closed, it ended without a last event of its own. */
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
