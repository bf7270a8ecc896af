/**
 * Clock: the time a scenario speaks of.
 *
 * It runs only while a run does nothing but let time pass: while it waits, sleeps, is asked of a slow model, or is over.
 * How long a slow machine takes to come so far is no part of it: 300 ms after a model call began are 300 ms of that call.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Bell } from './bell';

/** Why it may run. */
export type Pause = 'waiting' | 'model' | 'over';

export class Clock {
  readonly #pauses = new Set<Pause>();
  readonly #bell = new Bell();
  #elapsedMs = 0;
  #since = 0;

  /** Unit: milliseconds. */
  get now(): number {
    return this.#elapsedMs + (this.#pauses.size > 0 ? performance.now() - this.#since : 0);
  }

  run(pause: Pause): void {
    if (this.#pauses.size === 0) this.#since = performance.now();
    this.#pauses.add(pause);
    this.#bell.ring();
  }

  stop(pause: Pause): void {
    const { now } = this;
    if (this.#pauses.delete(pause) && this.#pauses.size === 0) this.#elapsedMs = now;
    this.#bell.ring();
  }

  async until(time: number): Promise<void> {
    for (;;) {
      const { next } = this.#bell;
      if (this.now >= time) return;
      if (this.#pauses.size === 0) await next;
      else await Promise.race([next, delay(Math.max(1, time - this.now))]);
    }
  }
}
