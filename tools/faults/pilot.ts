/**
 * Pilot: one run from its start to its end, as people and pages would see it through.
 *
 * It starts the run, watches its stream from one or two connections, and acts on each question that shows. Whatever
 * fails is tried again until there is an outcome; what it knows is in the journal alone.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type AgentClient, type AnyEvent, errorText, InputRequiredEvent, isAgentError } from 'countersign/client';
import { type Act, actsOn } from './acts';
import { type Journal, type Question, readQuestion } from './journal';
import { seeded } from '../random';
import { callsOf, type RunPlan, sentAgain } from './runs';
import { send } from './surfaces';

export interface Cockpit {
  readonly seed: number;
  readonly taskQueue: string;
  readonly journal: Journal;
  readonly clients: readonly [AgentClient, AgentClient];
}

export const MAIN_WATCHER = 'a';
const SECOND_WATCHER = 'b';
/** People take up to so long before they answer. Unit: milliseconds. */
const SLOWEST_PERSON_MS = 1000;
/** Between two tries. Unit: milliseconds. */
const RETRY_MS = 500;

export class Pilot {
  readonly #cockpit: Cockpit;
  readonly #plan: RunPlan;
  readonly #answering = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #talking: Promise<void> = Promise.resolve();

  constructor(cockpit: Cockpit, plan: RunPlan) {
    this.#cockpit = cockpit;
    this.#plan = plan;
  }

  /** Resolves when the run has ended or, if nobody is to answer it, is parked. */
  async fly(): Promise<void> {
    const { journal, seed } = this.#cockpit;
    const { id, isToEnd, kind } = this.#plan;
    if (journal.isDone(id)) return;
    await this.#start();
    const watchers = [this.#watch(MAIN_WATCHER, 0)];
    if (seeded(seed, 'watchers', id).chance(0.5)) watchers.push(this.#watch(SECOND_WATCHER, 1));
    for (const question of journal.questionsOf(id)) this.#meet(question);
    if (kind === 'conversation' && journal.turnsEnded(id) > 0) this.#talk();
    if (!isToEnd) await this.#parked();
    await Promise.all(watchers);
    await Promise.all(this.#answering.values());
    await this.#talking;
    journal.write({ t: 'done', run: id });
  }

  async #start(): Promise<void> {
    const { journal, clients, taskQueue } = this.#cockpit;
    const { id, kind, turns } = this.#plan;
    if (journal.isStarted(id)) return;
    const [script] = turns;
    const userMsg = JSON.stringify(script);
    const [type, input] = {
      agent: ['askingAgent', { userMsg }] as const,
      conversation: ['askingAgent', { userMsg, conversation: true }] as const,
      nested: ['officeAgent', { userMsg }] as const,
      'hand-written': ['handWritten', script] as const,
    }[kind];
    await untilDone(async () => {
      const options = { workflowId: id, taskQueue, workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const;
      await clients[0].run(type, input, options);
    }, ['RUN_ALREADY_EXISTS']);
    journal.write({ t: 'started', run: id });
  }

  async #watch(name: string, connection: 0 | 1): Promise<void> {
    const { journal, clients } = this.#cockpit;
    const watcher = `${this.#plan.id}/${name}`;
    const { signal } = this.#stop;
    let trouble = '';
    while (!journal.hasEnded(watcher) && !signal.aborted) {
      try {
        const options = { after: journal.lastSeq(watcher), tokens: connection === 0, signal };
        for await (const event of clients[connection].getHandler(this.#plan.id).streamEvents(options)) {
          this.#see(watcher, event);
        }
        if (!signal.aborted) journal.write({ t: 'end', watcher });
      } catch (error) {
        const text = errorText(error);
        if (text !== trouble) journal.write({ t: 'trouble', where: `stream of ${watcher}`, text });
        trouble = text;
        await delay(RETRY_MS);
      }
    }
  }

  #see(watcher: string, event: AnyEvent): void {
    const { type } = event;
    if (type === 'AgentStream') return;
    this.#cockpit.journal.write({ t: 'event', run: this.#plan.id, watcher, event });
    if (!watcher.endsWith(`/${MAIN_WATCHER}`)) return;
    if (InputRequiredEvent.is(event)) this.#meet(readQuestion(event));
    if (type === 'TurnEnded') this.#talk();
  }

  #meet(question: Question): void {
    if (!this.#answering.has(question.inputId)) this.#answering.set(question.inputId, this.#answer(question));
  }

  async #answer(question: Question): Promise<void> {
    const { seed, journal } = this.#cockpit;
    const [item] = question.item.split('~');
    const isNever = callsOf(this.#plan).some((call) => call.item === item && call.isNever);
    const person = seeded(seed, 'person', question.item);
    for (const round of actsOn(seed, { ...question, isNever })) {
      if (round.every(({ id }) => journal.isTold(id))) continue;
      await delay(person.below(SLOWEST_PERSON_MS));
      await Promise.all(round.map((act) => this.#perform(act, question.inputId)));
    }
  }

  async #perform(act: Act, inputId: string): Promise<void> {
    const { journal, clients } = this.#cockpit;
    const run = this.#plan.id;
    while (!journal.isTold(act.id)) {
      journal.write({ t: 'begin', run, inputId, act });
      const sent = await send(clients[act.connection], run, inputId, act);
      if (sent.kind !== 'unknown') {
        journal.write({ t: 'told', act: act.id, outcome: sent });
        return;
      }
      journal.write({ t: 'unknown', act: act.id, why: sent.why });
      await delay(RETRY_MS);
    }
  }

  /** The next message of a conversation, or its end. One thing at a time. */
  #talk(): void {
    this.#talking = this.#talking.then(() => this.#sayNext());
  }

  async #sayNext(): Promise<void> {
    const { journal, clients } = this.#cockpit;
    const { id: run, turns } = this.#plan;
    const handler = clients[0].getHandler(run);
    const turn = journal.turnsEnded(run);
    const script = turns[turn];
    if (script === undefined) return await untilDone(() => handler.close(), ['RUN_ENDED']);
    const said = journal.said(run, turn);
    if (said?.isTaken === true) return;
    let again = said === undefined ? 0 : said.again + 1;
    await untilDone(async () => {
      journal.write({ t: 'message', run, turn, again, isTaken: false });
      const sent = again;
      again += 1;
      await handler.sendMessage(JSON.stringify(sentAgain(script, sent)));
      journal.write({ t: 'message', run, turn, again: sent, isTaken: true });
    }, []);
  }

  /** All its questions were seen, and what people do about them is done. */
  async #parked(): Promise<void> {
    const { journal } = this.#cockpit;
    const { id } = this.#plan;
    while (journal.questionsOf(id).length < callsOf(this.#plan).length) await delay(100);
    await Promise.all(this.#answering.values());
    this.#stop.abort();
  }
}

/** Try until it is done, or fails with one of the codes that say that it was done before. */
async function untilDone(attempt: () => Promise<unknown>, doneCodes: readonly string[]): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (isAgentError(error) && doneCodes.includes(error.code)) return;
      await delay(RETRY_MS);
    }
  }
}
