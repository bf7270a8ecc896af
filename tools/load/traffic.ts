/**
 * Traffic: runs that wait for people, people who answer them at random, and some who answer wrongly, twice, or at the
 * same time as somebody else.
 *
 * A run is followed on its stream from its start to its question, answered, and its result compared with the answer.
 * What goes on is counted; what must not happen is written down as a defect.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentClient, AnyEvent, WorkflowHandler } from 'countersign/client';
import { isAgentError } from 'countersign/client';

/** A run that waits, and the question that it waits with. */
interface Parked {
  readonly run: WorkflowHandler;
  readonly inputId: string;
}

/** What happened since it was last asked. */
export interface Counts {
  started: number;
  ended: number;
  /** By reason, or by the error's code. */
  refused: Record<string, number>;
  /** Start to question. Unit: milliseconds. */
  asked: number[];
  /** Answer to result. Unit: milliseconds. */
  answered: number[];
}

export interface TrafficOptions {
  readonly client: AgentClient;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly userMsg: string;
  /** Runs that wait at any time. */
  readonly parked: number;
  /** Runs that are answered. */
  readonly perSecond: number;
  /** From 0 to 1, never 1. */
  readonly random: () => number;
}

/** A run that has not ended by then, after its answer, never will. */
const LOST_AFTER_MS = 10 * 60_000;
/** Runs that are started side by side before traffic begins. */
const LANES = 32;
const WHO = 'Laurie';
const TEXT = { yes: 'completed successfully', no: 'aborted' } as const;
/** Of 100 answers, so many are preceded by one of the wrong person, go with a contrary one, or are sent again after the end. */
const [WRONG, RACED, REPEATED, SIGNALLED] = [10, 10, 10, 30];

export class Traffic {
  readonly defects: string[] = [];
  readonly #options: TrafficOptions;
  readonly #parked: Parked[] = [];
  #counts = noCounts();

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  /** What happened since the last time. */
  takeCounts(): Counts {
    const counts = this.#counts;
    this.#counts = noCounts();
    return counts;
  }

  get parked(): number {
    return this.#parked.length;
  }

  /** Park as many runs as there are to be. */
  async fill(): Promise<void> {
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun < this.#options.parked) {
        begun += 1;
        await this.#park();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  /** End those that wait. */
  async clear(): Promise<void> {
    const { client } = this.#options;
    const terminated = this.#parked
      .splice(0)
      .map(({ run }) => client.temporal.workflow.getHandle(run.workflowId).terminate('The soak is over.'));
    await Promise.allSettled(terminated);
  }

  /** Answer and start runs, at random moments, until then; resolves when none is under way. */
  async run(until: number): Promise<void> {
    const { perSecond, random } = this.#options;
    const underWay = new Set<Promise<void>>();
    while (Date.now() < until) {
      // As people come: the time between two of them is exponentially distributed.
      const pause = (-Math.log(1 - random()) * 1000) / perSecond;
      await delay(pause);
      const one = within(this.#one(), LOST_AFTER_MS).catch((error: unknown) => void this.defects.push(String(error)));
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
    }
    await Promise.all(underWay);
  }

  async #one(): Promise<void> {
    const nth = Math.floor(this.#options.random() * this.#parked.length);
    const [parked] = this.#parked.splice(nth, 1);
    await Promise.all([this.#park(), parked === undefined ? undefined : this.#answer(parked)]);
  }

  async #park(): Promise<void> {
    const { client, workflow, taskQueue, userMsg } = this.#options;
    const from = performance.now();
    const run = await client.run(workflow, { userMsg }, { taskQueue, workflowId: `soak-${randomUUID()}` });
    this.#counts.started += 1;
    let seq = -1;
    for await (const event of run.streamEvents({ tokens: false })) {
      if (event['seq'] !== seq + 1)
        this.defects.push(`${run.workflowId}: after seq ${seq} came ${String(event['seq'])}`);
      seq += 1;
      if (!isQuestion(event)) continue;
      this.#counts.asked.push(performance.now() - from);
      this.#parked.push({ run, inputId: event.inputId });
      return;
    }
    this.defects.push(`${run.workflowId} ended without a question`);
  }

  async #answer({ run, inputId }: Parked): Promise<void> {
    const { random } = this.#options;
    const dice = Math.floor(random() * 100);
    const response = random() < 0.5 ? 'yes' : 'no';
    const contrary = response === 'yes' ? 'no' : 'yes';
    if (dice < WRONG) {
      await this.#refused(run, inputId, { response: contrary, user_name: 'Somebody else' }, 'not_waiting');
    }
    const from = performance.now();
    const isRaced = dice >= WRONG && dice < WRONG + RACED;
    const said = isRaced
      ? await this.#race(run, inputId)
      : await this.#say(run, inputId, response, random() * 100 < SIGNALLED);
    const result = String(await run.result());
    this.#counts.answered.push(performance.now() - from);
    this.#counts.ended += 1;
    if (!result.includes(TEXT[said]))
      this.defects.push(`${run.workflowId} was told ${said}, and ended with: ${result}`);
    if (dice >= 100 - REPEATED) await this.#refused(run, inputId, { response: contrary, user_name: WHO }, 'RUN_ENDED');
  }

  async #say(run: WorkflowHandler, inputId: string, response: 'yes' | 'no', bySignal: boolean): Promise<'yes' | 'no'> {
    if (bySignal) await run.sendEvent({ type: 'HumanResponseEvent', response, user_name: WHO, inputId });
    else await this.#respond(run, inputId, { response, user_name: WHO });
    return response;
  }

  /** Two people, two answers. @returns That which was taken. */
  async #race(run: WorkflowHandler, inputId: string): Promise<'yes' | 'no'> {
    const both = ['yes', 'no'] as const;
    const taken = await Promise.all(
      both.map(async (response) => {
        try {
          await this.#respond(run, inputId, { response, user_name: WHO });
          return response;
        } catch (error) {
          this.#count(error, ['conflict', 'RUN_ENDED']);
          return undefined;
        }
      }),
    );
    const [first, second] = taken.filter((one) => one !== undefined);
    if (first === undefined || second !== undefined)
      this.defects.push(`${run.workflowId}: of two answers, ${first === undefined ? 'none' : 'both'} were taken`);
    return first ?? 'no';
  }

  /** An answer that must be refused. */
  async #refused(
    run: WorkflowHandler,
    inputId: string,
    answer: Readonly<Record<string, string>>,
    why: string,
  ): Promise<void> {
    try {
      await this.#respond(run, inputId, answer);
      this.defects.push(`${run.workflowId} took ${JSON.stringify(answer)}`);
    } catch (error) {
      this.#count(error, [why]);
    }
  }

  /** As people are told to: what has an unknown outcome is sent again, and is the same answer. */
  async #respond(run: WorkflowHandler, inputId: string, answer: Readonly<Record<string, string>>): Promise<void> {
    const answerId = randomUUID();
    for (;;) {
      try {
        await run.respond(inputId, { ...answer, answerId });
        return;
      } catch (error) {
        if (isAgentError(error, 'ANSWER_REFUSED') && error.details.reason === 'duplicate') return;
        if (!isAgentError(error, 'OUTCOME_UNKNOWN')) throw error;
        this.#counts.refused[error.code] = (this.#counts.refused[error.code] ?? 0) + 1;
      }
    }
  }

  #count(error: unknown, expected: readonly string[]): void {
    if (!isAgentError(error)) throw error;
    const why = isAgentError(error, 'ANSWER_REFUSED') ? error.details.reason : error.code;
    if (!expected.includes(why)) this.defects.push(`Refused as ${why}, not ${expected.join(' or ')}: ${String(error)}`);
    this.#counts.refused[why] = (this.#counts.refused[why] ?? 0) + 1;
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const over = new AbortController();
  const tooLong = delay(ms, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Error(`Something has not ended after ${ms / 60_000} minutes`);
  });
  tooLong.catch(() => undefined);
  await Promise.race([work, tooLong]).finally(() => over.abort());
}

function isQuestion(event: AnyEvent): event is AnyEvent & { readonly inputId: string } {
  return event.type.startsWith('InputRequiredEvent') && typeof event['inputId'] === 'string';
}

function noCounts(): Counts {
  return { started: 0, ended: 0, refused: {}, asked: [], answered: [] };
}
