/**
 * Tail: the last events of a stream, for all who watch it.
 *
 * Bounded, whoever is slow: what no longer fits is read again by those who still need it.
 *
 * @module
 */
import { type AnyEvent, jsonBytes } from '../../protocol';

/** As much as a page of the `events` query, so that one page never pushes itself out. */
const MOST_EVENTS = 1000;
const MOST_BYTES = 1024 * 1024;

interface Held {
  readonly event: AnyEvent;
  readonly seq: number;
  readonly bytes: number;
}

export class Tail {
  #held: Held[] = [];
  #bytes = 0;
  #head: number;

  /** @param head Where it begins: nothing up to this `seq` is held. */
  constructor(head: number) {
    this.#head = head;
  }

  /** The `seq` of the last event that was read. */
  get head(): number {
    return this.#head;
  }

  /** The lowest `seq` that is held; what comes next when nothing is. */
  get first(): number {
    return this.#held[0]?.seq ?? this.#head + 1;
  }

  append(event: AnyEvent): void {
    const seq = event.seq as number;
    const bytes = jsonBytes(event);
    this.#held.push({ event, seq, bytes });
    this.#bytes += bytes;
    this.#head = seq;
    let gone = 0;
    for (let left = this.#held.length; left > 1 && (left > MOST_EVENTS || this.#bytes > MOST_BYTES); left -= 1) {
      this.#bytes -= (this.#held[gone] as Held).bytes;
      gone += 1;
    }
    if (gone > 0) this.#held = this.#held.slice(gone);
  }

  /** The first event from `seq` on. None when that is not held, or not there yet. */
  from(seq: number): Held | undefined {
    const { first } = this;
    if (seq < first) return undefined;
    const held = this.#held[seq - first];
    return held?.seq === seq ? held : this.#held.find((one) => one.seq >= seq);
  }
}
