/**
 * Event log: the durable stream of a run.
 *
 * It lives in the workflow's memory and is rebuilt by replay, so it costs no history. `seq` counts from
 * 0 without gaps. An event is never changed once it is written.
 *
 * @module
 */
import { copyJson, jsonBytes, LIMITS, type AnyEvent, type EventsPage, type EventsRequest } from '../protocol';

export class EventLog {
  readonly #runId: string;
  readonly #now: () => number;
  readonly #events: AnyEvent[] = [];
  #isClosed = false;

  /** @param runId The first run id of the chain: makes event ids unique over all runs. */
  constructor(runId: string, now: () => number) {
    this.#runId = runId;
    this.#now = now;
  }

  get length(): number {
    return this.#events.length;
  }

  append(event: AnyEvent): AnyEvent {
    const seq = this.#events.length;
    const stamped: AnyEvent = {
      ...copyJson(event),
      seq,
      id: `${this.#runId}:${seq}`,
      time: new Date(this.#now()).toISOString(),
    };
    this.#events.push(stamped);
    return copyJson(stamped);
  }

  /** Append the last event of the stream. */
  close(event: AnyEvent): void {
    this.append(event);
    this.#isClosed = true;
  }

  /** A page of at least one event, if there is one, and at most the page limits. */
  page(request: EventsRequest): EventsPage {
    const { after = -1, limit = LIMITS.pageEvents } = request;
    const first = Math.max(0, after + 1);
    const events: AnyEvent[] = [];
    let bytes = 0;
    for (let seq = first; seq < this.#events.length && events.length < Math.min(limit, LIMITS.pageEvents); seq += 1) {
      const event = this.#events[seq] as AnyEvent;
      bytes += jsonBytes(event);
      if (events.length > 0 && bytes > LIMITS.pageBytes) break;
      events.push(event);
    }
    const next = events.length === 0 ? Math.min(after, this.#events.length - 1) : first + events.length - 1;
    return { events, next, oldest: 0, done: this.#isClosed && next >= this.#events.length - 1 };
  }
}
