/**
 * Human: plays the people of one run by the scenario's rules.
 *
 * A rule acts on each event it matches, or on its nth alone. What is due is done one thing after the other, in
 * the order in which it fell due.
 *
 * @module
 */
import type { Clock } from './clock';
import type { Action, Fields, Json, Rule, Run, ScenarioEvent } from './scenario';

/** What a human can do. */
export interface Hands {
  send(event: ScenarioEvent): Promise<void>;
  cancel(): Promise<void>;
  /** Never resolves: the process is killed. */
  stop(): Promise<never>;
}

/** An event as rules see it. */
export interface Sight {
  /** Each type it is of. */
  readonly types: readonly string[];
  readonly fields: Fields;
}

export class Human {
  readonly #run: Pick<Run, 'at_start' | 'human' | 'after'>;
  readonly #hands: Hands;
  readonly #clock: Clock;
  readonly #onDone: () => void;
  readonly #counts = new Map<Rule, number>();
  readonly #pending = new Set<{ readonly due: number; readonly done: Promise<void> }>();
  #last: Promise<void> = Promise.resolve();
  #isAfter = false;

  /** @param onDone Called whenever something has been done. */
  constructor(run: Pick<Run, 'at_start' | 'human' | 'after'>, hands: Hands, clock: Clock, onDone: () => void) {
    this.#run = run;
    this.#hands = hands;
    this.#clock = clock;
    this.#onDone = onDone;
  }

  /** Something is under way, or will fall due. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  start(): void {
    for (const action of this.#run.at_start) this.#schedule(action);
  }

  notice({ types, fields }: Sight): void {
    for (const rule of this.#run.human) {
      if (!types.includes(rule.on) || !matches(fields, rule.match)) continue;
      const count = (this.#counts.get(rule) ?? 0) + 1;
      this.#counts.set(rule, count);
      if (rule.nth == null || rule.nth === count) this.#schedule(rule);
    }
  }

  /** Begin what is done after the run, once. Whether there was anything. */
  after(): boolean {
    if (this.#isAfter) return false;
    this.#isAfter = true;
    for (const action of this.#run.after) this.#schedule(action);
    return this.#run.after.length > 0;
  }

  /** Wait until all is done that is due, by now or ever. */
  async done(by: 'now' | 'ever'): Promise<void> {
    for (;;) {
      const due = [...this.#pending].filter((one) => by === 'ever' || one.due <= this.#clock.now);
      if (due.length === 0) return;
      await Promise.all(due.map(({ done }) => done));
    }
  }

  #schedule(action: Action): void {
    const due = this.#clock.now + action.delay_ms;
    const one = { due, done: this.#inTurn(action, due) };
    this.#pending.add(one);
    const isDone = (): void => {
      this.#pending.delete(one);
      this.#onDone();
    };
    one.done.then(isDone, isDone);
  }

  async #inTurn(action: Action, due: number): Promise<void> {
    await this.#clock.until(due);
    const turn = this.#last.then(() => this.#act(action));
    this.#last = turn;
    await turn;
  }

  async #act(action: Action): Promise<void> {
    for (const event of action.send) await this.#hands.send(event);
    if (action.cancel) await this.#hands.cancel();
    if (action.stop_process) await this.#hands.stop();
  }
}

function matches(fields: Fields, wanted: Fields): boolean {
  return Object.entries(wanted).every(([name, value]) => same(fields[name], value));
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
