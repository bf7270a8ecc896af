/**
 * Event log: the durable stream of a run.
 *
 * It lives in workflow memory and is rebuilt by replay, so it costs no history. `seq` counts from 0 without gaps.
 * Events never change.
 *
 * @module
 */
import {
  copyJson,
  jsonBytes,
  LIMITS,
  type AnyEvent,
  type EventsPage,
  type EventsRequest,
  type Unsettled,
} from '../../protocol';

export class EventLog {
  readonly #runId: string;
  readonly #now: () => number;
  /** The `seq` of the first event here, and the link with the earlier ones. */
  readonly #first: number;
  readonly #previous: string | undefined;
  readonly #events: AnyEvent[] = [];
  #unsettled: Unsettled | undefined;
  #isClosed = false;
  #isFrozen = false;

  /**
   * @param runId Temporal's. A reset makes another execution with the same `seq`s, so event ids contain it.
   * @param from Where a later link continues the stream.
   */
  constructor(
    runId: string,
    now: () => number,
    from: { readonly first: number; readonly previous?: string } = { first: 0 },
  ) {
    this.#runId = runId;
    this.#now = now;
    this.#first = from.first;
    this.#previous = from.previous;
  }

  /** Events of the run so far, including earlier links. */
  get length(): number {
    return this.#first + this.#events.length;
  }

  /** Does nothing after the last event, or once the next link continues the stream. */
  append(event: AnyEvent): AnyEvent {
    if (this.#isClosed || this.#isFrozen) return copyJson(event);
    const seq = this.length;
    const stamped: AnyEvent = {
      ...copyJson(event),
      seq,
      id: `${this.#runId}:${seq}`,
      time: new Date(this.#now()).toISOString(),
    };
    this.#events.push(stamped);
    return copyJson(stamped);
  }

  /** The next link continues the stream. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** @param task The workflow task that made the events from `from` on. `undefined`: the server has them. */
  setTask(task: number | undefined, from = this.#first): void {
    this.#unsettled = task === undefined ? undefined : { task, from };
  }

  close(event: AnyEvent): void {
    this.append(event);
    this.#isClosed = true;
  }

  /** A page within the limits, of at least one event if there is one. */
  page(request: EventsRequest): EventsPage {
    const { after = -1, limit = LIMITS.pageEvents } = request;
    const first = Math.max(0, after + 1 - this.#first);
    const events: AnyEvent[] = [];
    let bytes = 0;
    for (let nth = first; nth < this.#events.length && events.length < Math.min(limit, LIMITS.pageEvents); nth += 1) {
      const event = this.#events[nth] as AnyEvent;
      bytes += jsonBytes(event);
      if (events.length > 0 && bytes > LIMITS.pageBytes) break;
      events.push(event);
    }
    const next = events.length === 0 ? Math.min(after, this.length - 1) : this.#first + first + events.length - 1;
    const unsettled = events.length > 0 && next >= (this.#unsettled?.from ?? Infinity) ? this.#unsettled : undefined;
    return {
      events,
      next,
      oldest: this.#first,
      ...(this.#previous === undefined ? {} : { previous: this.#previous }),
      more: next < this.length - 1,
      done: this.#isClosed && next >= this.length - 1,
      ...(unsettled === undefined ? {} : { unsettled }),
    };
  }
}
