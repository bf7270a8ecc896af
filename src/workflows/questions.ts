/**
 * Questions: what a run waits for, and which answer settles which question.
 *
 * One answer settles one question, or is refused with a reason; never broadcast, never dropped. `judge`
 * decides and changes nothing, so the signal and the update's validator decide alike; `take` does it.
 *
 * @module
 */
import {
  AgentError,
  canonicalJson,
  HumanResponseEvent,
  jsonBytes,
  LIMITS,
  sameJson,
  schemaProblem,
  type AnyEvent,
  type PendingInput,
  type Refusal,
  type RefusalReason,
} from '../protocol';
import { asEvent, isAnswer, type Incoming } from './incoming';
import { agrees, hasType, meets, shapeProblem, takes, type Expectation } from './matching';
import { SettledQuestions } from './settled-questions';

export type Verdict =
  | { readonly kind: 'settles' | 'kept'; readonly inputId: string }
  /** No wait wants this event yet; it is kept for one that will. */
  | { readonly kind: 'early' }
  | ({ readonly kind: 'refused' } & Refusal);

/** Who asks: shown to whoever answers. `callId` is the tool call that owns the question. */
export interface Asker {
  readonly callId: string;
  readonly agents: readonly string[];
  readonly toolName?: string;
  readonly toolId?: string;
}

export interface Question {
  readonly inputId: string;
  readonly asker: Asker;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  /** What the wait expects; none while nothing waits yet. */
  expectation?: Expectation;
  /** Answers that came before the wait began, in order: judged when it begins. */
  readonly kept: Incoming[];
  /** What the wait is given. The question is no longer open. */
  answer?: AnyEvent;
}

/** An answer that was kept and then not taken, and why. */
export interface GivenBack {
  readonly incoming: Incoming;
  readonly refusal: Refusal;
}

export class Questions {
  readonly #open = new Map<string, Question>();
  readonly #settled = new SettledQuestions();
  #early: Incoming[] = [];
  #earlyBytes = 0;

  get openIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  get size(): number {
    return this.#open.size;
  }

  /** @throws AgentError `LIMIT_EXCEEDED` when a question cannot be added: they must fit in one query result. */
  admit(event: AnyEvent | undefined): void {
    const bytes = [...this.#open.values()].reduce((sum, { event: one }) => sum + jsonBytes(one ?? {}), jsonBytes(event ?? {}));
    if (this.#open.size < LIMITS.openQuestions && bytes <= LIMITS.openBytes) return;
    throw new AgentError('LIMIT_EXCEEDED', `${this.#open.size} questions are open: wait for answers before asking more.`, {
      limit: 'openQuestions',
    });
  }

  /** A question exists from here on. */
  ask(inputId: string, asker: Asker, askedAt: string, event?: AnyEvent): Question {
    const question: Question = { inputId, asker, askedAt, kept: [], ...(event === undefined ? {} : { event }) };
    this.#open.set(inputId, question);
    return question;
  }

  /** The question a wait of this tool call takes: one whose fields meet its requirements, else the oldest. */
  unclaimed(callId: string, expectation: Expectation): Question | undefined {
    const mine = [...this.#open.values()].filter((q) => q.asker.callId === callId && q.expectation === undefined);
    return mine.find((q) => meets(q.event ?? {}, expectation.requirements)) ?? mine[0];
  }

  /** Begin to wait. Answers and events that came before are tried in order; those not taken are given back. */
  expect(question: Question, expectation: Expectation): readonly GivenBack[] {
    question.expectation = expectation;
    const givenBack: GivenBack[] = [];
    for (const incoming of question.kept.splice(0)) {
      const verdict = this.#judgeById(question.inputId, incoming);
      if (verdict.kind === 'settles') this.#settle(question, incoming);
      else if (verdict.kind === 'refused') givenBack.push({ incoming, refusal: verdict });
    }
    if (question.answer !== undefined) return givenBack;
    const nth = this.#early.findIndex((event) => takes(expectation, event));
    const [early] = nth < 0 ? [] : this.#early.splice(nth, 1);
    if (early !== undefined) {
      this.#earlyBytes -= early.bytes;
      this.#settle(question, early);
    }
    return givenBack;
  }

  find(inputId: string): Question | undefined {
    return this.#open.get(inputId);
  }

  timeOut(question: Question): void {
    this.#open.delete(question.inputId);
    this.#settled.remember(question, undefined);
  }

  /** Nobody waits for an answer any more. Answers that were kept are given back. */
  withdraw(which: (question: Question) => boolean): readonly GivenBack[] {
    const withdrawn = [...this.#open.values()].filter(which);
    for (const { inputId } of withdrawn) this.#open.delete(inputId);
    return withdrawn.flatMap(({ inputId, kept }) =>
      kept.splice(0).map((incoming) => {
        const message = `The question "${inputId}" was given up before anything waited for its answer.`;
        return { incoming, refusal: { reason: 'not_waiting' as const, message, open: this.openIds } };
      }),
    );
  }

  pending(): readonly PendingInput[] {
    return [...this.#open.values()].map(({ inputId, event, expectation, asker, askedAt }) => ({
      inputId,
      ...(event === undefined ? {} : { event }),
      expectedType: expectation?.definition.type ?? HumanResponseEvent.type,
      expectedFields: fieldsOf(expectation?.definition.schema ?? HumanResponseEvent.schema),
      requirements: expectation?.requirements ?? {},
      isWaiting: expectation !== undefined,
      ...(expectation?.waiterId === undefined ? {} : { waiterId: expectation.waiterId }),
      ...(asker.toolName === undefined ? {} : { toolName: asker.toolName }),
      ...(asker.toolId === undefined ? {} : { toolId: asker.toolId }),
      agents: asker.agents,
      askedAt,
      ...(expectation?.deadline === undefined ? {} : { deadline: expectation.deadline }),
    }));
  }

  /** Decide what an incoming event does. Changes nothing. */
  judge(incoming: Incoming): Verdict {
    if (incoming.problem !== undefined) return this.#refuse('invalid', `This answer cannot be used: ${incoming.problem}.`);
    if (incoming.answerId !== undefined && (this.#settled.hasAnswer(incoming.answerId) || this.#keeps(incoming.answerId))) {
      return this.#refuse('duplicate', `The answer "${incoming.answerId}" was taken already; nothing more is needed.`);
    }
    if (incoming.inputId !== undefined) return this.#judgeById(incoming.inputId, incoming);
    return isAnswer(incoming) ? this.#judgeByMatch(incoming) : this.#judgeEvent(incoming);
  }

  /** Decide, and do it. */
  take(incoming: Incoming): Verdict {
    const verdict = this.judge(incoming);
    if (verdict.kind === 'early') {
      this.#early.push(incoming);
      this.#earlyBytes += incoming.bytes;
    } else if (verdict.kind !== 'refused') {
      const question = this.#open.get(verdict.inputId) as Question;
      if (verdict.kind === 'kept') question.kept.push(incoming);
      else this.#settle(question, incoming);
    }
    return verdict;
  }

  #judgeById(inputId: string, incoming: Incoming): Verdict {
    const question = this.#open.get(inputId);
    if (question !== undefined) {
      return question.expectation === undefined ? this.#judgeKept(question, incoming) : this.#judgeNamed(question, incoming);
    }
    const settled = this.#settled.get(inputId);
    if (settled === undefined) {
      return this.#refuse('not_waiting', `No question "${inputId}" is open.`);
    }
    if (settled.content === undefined) return this.#refuseLate(inputId);
    return this.#refuseAgain(inputId, settled.content === canonicalJson(incoming.fields));
  }

  /** An answer to a question that is asked and not yet waited for: what it requires is not known yet. */
  #judgeKept({ inputId, event, kept }: Question, incoming: Incoming): Verdict {
    if (!agrees(event ?? {}, incoming.fields)) {
      return this.#refuse('not_waiting', `The question "${inputId}" says otherwise than this answer.`);
    }
    if (kept.some((one) => sameJson(one.fields, incoming.fields))) return this.#refuseAgain(inputId, true);
    if (kept.length < LIMITS.keptAnswers) return { kind: 'kept', inputId };
    return this.#refuse('not_waiting', `${kept.length} answers to "${inputId}" are kept until its tool waits: send this one later.`);
  }

  /** An answer that names an open question which waits. */
  #judgeNamed(question: Question, incoming: Incoming): Verdict {
    const { inputId, expectation } = question as Question & { expectation: Expectation };
    if (!hasType(expectation, incoming)) {
      return this.#refuse(
        'not_waiting',
        `The question "${inputId}" takes a ${expectation.definition.type}, not a ${incoming.type ?? HumanResponseEvent.type}.`,
      );
    }
    const problem = shapeProblem(expectation, incoming);
    if (problem !== undefined) return this.#refuse('invalid', `This does not answer "${inputId}": ${problem}.`);
    if (!meets(incoming.fields, expectation.requirements)) {
      return this.#refuse('not_waiting', this.#whatItTakes(question));
    }
    return { kind: 'settles', inputId };
  }

  /** An answer that names no question: exactly one must want it. */
  #judgeByMatch(incoming: Incoming): Verdict {
    const open = [...this.#open.values()];
    const typed = open.filter(({ expectation }) => expectation !== undefined && hasType(expectation, incoming));
    const shaped = typed.filter(({ expectation }) => shapeProblem(expectation as Expectation, incoming) === undefined);
    const wanted = shaped.filter(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements));
    // Asked, and not waited for yet: its requirements are unknown, but what it says of itself must not differ.
    const asked = open.filter(
      ({ event, expectation }) => expectation === undefined && agrees(event ?? {}, incoming.fields),
    );
    const [only, another] = [...wanted, ...asked];
    if (another !== undefined) {
      const ids = [...wanted, ...asked].map(({ inputId }) => inputId);
      return this.#refuse('ambiguous', `${ids.length} open questions would take this answer: send the "inputId" of one.`, ids);
    }
    if (only !== undefined) {
      return only.expectation === undefined ? this.#judgeKept(only, incoming) : { kind: 'settles', inputId: only.inputId };
    }

    const past = this.#settled.wouldHaveTaken(incoming, canonicalJson(incoming.fields));
    if (past !== undefined) {
      return past.kind === 'late' ? this.#refuseLate(past.inputId) : this.#refuseAgain(past.inputId, past.kind === 'same');
    }
    const missed = typed.find(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements)) ?? typed[0];
    const problem =
      shaped.length > 0
        ? undefined
        : missed?.expectation !== undefined
          ? shapeProblem(missed.expectation, incoming)
          : schemaProblem(HumanResponseEvent.schema, asEvent(incoming, HumanResponseEvent.type, undefined));
    if (problem !== undefined) return this.#refuse('invalid', `This answer cannot be used: ${problem}.`);
    if (missed?.expectation === undefined) {
      return this.#refuse('not_waiting', open.length === 0 ? 'No question is open.' : 'No open question takes this answer.');
    }
    return this.#refuse('not_waiting', this.#whatItTakes(missed));
  }

  #whatItTakes({ inputId, expectation }: Question): string {
    const requirements = JSON.stringify(expectation?.requirements ?? {}).slice(0, 300);
    return `The question "${inputId}" takes only an answer with ${requirements}; see pendingInputs for all that are open.`;
  }

  /** An event that is no answer: the oldest wait that wants it takes it, or it is kept for one that will. */
  #judgeEvent(incoming: Incoming): Verdict {
    const typed = [...this.#open.values()].filter(({ expectation }) => expectation !== undefined && hasType(expectation, incoming));
    const wanted = typed.filter(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements));
    const taker = wanted.find(({ expectation }) => takes(expectation as Expectation, incoming));
    if (taker !== undefined) return { kind: 'settles', inputId: taker.inputId };
    const problem = wanted[0] === undefined ? undefined : shapeProblem(wanted[0].expectation as Expectation, incoming);
    if (problem !== undefined) return this.#refuse('invalid', `This event cannot be used: ${problem}.`);
    if (this.#early.length >= LIMITS.earlyEvents || this.#earlyBytes + incoming.bytes > LIMITS.earlyBytes) {
      return this.#refuse('not_waiting', `Nothing waits for this event, and ${this.#early.length} early ones are kept already.`);
    }
    return { kind: 'early' };
  }

  #keeps(answerId: string): boolean {
    const kept = [...this.#open.values()].flatMap((question) => question.kept);
    return [...kept, ...this.#early].some((incoming) => incoming.answerId === answerId);
  }

  #settle(question: Question, incoming: Incoming): void {
    const { inputId, expectation } = question as Question & { expectation: Expectation };
    question.answer = asEvent(incoming, expectation.definition.type, inputId);
    this.#open.delete(inputId);
    this.#settled.remember(question, incoming);
  }

  #refuse(reason: RefusalReason, message: string, open: readonly string[] = this.openIds): Verdict {
    return { kind: 'refused', reason, message, open };
  }

  #refuseAgain(inputId: string, isSame: boolean): Verdict {
    return isSame
      ? this.#refuse('duplicate', `The question "${inputId}" was given this very answer already; nothing more is needed.`)
      : this.#refuse('conflict', `The question "${inputId}" was answered otherwise already; that answer stands.`);
  }

  #refuseLate(inputId: string): Verdict {
    return this.#refuse('late', `The time to answer "${inputId}" is over.`);
  }
}

/** The fields that a type declares. */
function fieldsOf(schema: object): readonly string[] {
  return 'entries' in schema && typeof schema.entries === 'object' && schema.entries !== null ? Object.keys(schema.entries) : [];
}
