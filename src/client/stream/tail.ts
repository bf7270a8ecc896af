/**
 * Tail: the last events of a stream, for all its watchers.
 *
 * Bounded: a slow watcher reads again what was dropped.
 *
 * @module
 */
import { type AnyEvent, jsonBytes } from '../../protocol';

/** A whole page of the `events` query, so that no page pushes itself out. */
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

  /** @param head Nothing up to this `seq` is held. */
  constructor(head: number) {
    this.#head = head;
  }

  /** The `seq` of the last event that was read. */
  get head(): number {
    return this.#head;
  }

  /** The lowest `seq` held; the next one when nothing is held. */
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

  /** The first event from `seq` on. `undefined` when it is not held or not there yet. */
  from(seq: number): Held | undefined {
    const { first } = this;
    if (seq < first) return undefined;
    const held = this.#held[seq - first];
    return held?.seq === seq ? held : this.#held.find((one) => one.seq >= seq);
  }
}
