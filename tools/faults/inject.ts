/**
 * Inject: has the planned faults happen as the driver gets on, and puts everything right in the end.
 *
 * What hits one process or one link comes one after the other; different ones overlap.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalLine } from './journal';
import { LineReader } from './lines';
import { describeFault, type Fault, faultName, targetOf } from './plan';
import type { World } from './world';

/** Faults at a time: more than that, and nothing gets on between them. */
const AT_ONCE = 3;
/** How often the journal is looked into. Unit: milliseconds. */
const LOOK_EVERY_MS = 10;

export class Injector {
  readonly #world: World;
  readonly #plan: readonly Fault[];
  readonly #say: (line: string) => void;
  readonly #journal: LineReader<JournalLine>;
  readonly #begun = new Set<string>();
  readonly #told = new Set<string>();
  readonly #busy = new Map<string, Promise<void>>();
  /** How often each kind happened. */
  readonly faults: Record<string, number> = {};
  /** Answers that had been begun and had no outcome yet, over all faults. */
  answersInFlight = 0;
  isAllDone = false;
  #running = 0;
  #lastNewsAt = Date.now();

  constructor(world: World, plan: readonly Fault[], say: (line: string) => void) {
    this.#world = world;
    this.#plan = plan;
    this.#say = say;
    this.#journal = new LineReader(world.journalFile);
  }

  /**
   * Resolves when all faults are over and the driver is done.
   *
   * @returns False when, everything being right, nothing has happened for `patienceMs`.
   */
  async run(patienceMs: number): Promise<boolean> {
    const waiting = [...this.#plan];
    while (!(this.isAllDone && waiting.length === 0 && this.#running === 0)) {
      this.#read();
      const next = waiting[0];
      // A driver that is done early leaves no answers for the last faults to meet; they happen all the same.
      if (next !== undefined && this.#running < AT_ONCE && (this.#begun.size >= next.at || this.isAllDone)) {
        waiting.shift();
        this.#begin(next);
      }
      const isCalm = this.#running === 0 && (next === undefined || this.#begun.size < next.at);
      if (!isCalm) this.#lastNewsAt = Math.max(this.#lastNewsAt, Date.now() - patienceMs / 2);
      if (Date.now() - this.#lastNewsAt > patienceMs) return false;
      await delay(LOOK_EVERY_MS);
    }
    return true;
  }

  #read(): void {
    for (const line of this.#journal.read()) {
      // A stream that throws does so again and again.
      if (line.t !== 'trouble') this.#lastNewsAt = Date.now();
      if (line.t === 'begin') this.#begun.add(line.act.id);
      else if (line.t === 'told') this.#told.add(line.act);
      else if (line.t === 'all-done') {
        this.isAllDone = true;
        this.#world.release('driver');
      }
    }
  }

  #begin(fault: Fault): void {
    const whom = targetOf(fault);
    const inFlight = this.#begun.size - this.#told.size;
    this.answersInFlight += inFlight;
    this.faults[faultName(fault)] = (this.faults[faultName(fault)] ?? 0) + 1;
    this.#say(`${describeFault(fault)} (${inFlight} in flight)`);
    this.#running += 1;
    const before = this.#busy.get(whom) ?? Promise.resolve();
    this.#busy.set(
      whom,
      before.then(() => this.#carryOut(fault)).finally(() => (this.#running -= 1)),
    );
  }

  async #carryOut(fault: Fault): Promise<void> {
    const world = this.#world;
    switch (fault.kind) {
      case 'kill':
        await world.kill(fault.victim);
        await delay(fault.forMs);
        if (fault.victim === 'driver' && this.isAllDone) return;
        world.keep(fault.victim);
        if (fault.victim in world.server.processes) await world.server.serve();
        return;
      case 'freeze':
        world.freeze(fault.victim);
        await delay(fault.forMs);
        world.thaw(fault.victim);
        return;
      case 'clock':
        world.setClock(fault.victim, fault.byMs);
        await delay(fault.forMs);
        world.setClock(fault.victim, 0);
        return;
      case 'fill':
        world.server.disk?.fill();
        await delay(fault.forMs);
        world.server.disk?.free();
        await world.server.serve();
        return;
      case 'half-open':
        world.links[fault.link].halfOpen();
        return;
      case 'drop':
        world.links[fault.link].drop();
        break;
      case 'delay':
        world.links[fault.link].delay(fault.byMs);
        break;
      case 'stall':
        world.links[fault.link].stall();
        break;
    }
    await delay(fault.forMs);
    world.links[fault.link].pass();
  }
}
