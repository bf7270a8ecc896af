/**
 * The rules of docs/protocol.md, "Which answer settles which question", as plainly as they can be written: a model that
 * the real reducer is compared with. It shares no code with it.
 *
 * @module
 */

/** What was sent. Text, numbers and booleans only, so that equal content is equal text. */
export interface Sent {
  readonly via: 'answer' | 'event';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly type?: string;
  readonly inputId?: string;
  readonly answerId?: string;
}

/** What a wait takes. */
export interface Taker {
  readonly type: string;
  readonly fits: (fields: Sent['fields']) => boolean;
  readonly requirements: Readonly<Record<string, unknown>>;
}

export interface ModelQuestion {
  readonly inputId: string;
  readonly callId: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** None: asked, and not waited for yet. */
  taker?: Taker;
  readonly kept: Sent[];
  answer?: Sent;
}

interface Closed {
  readonly inputId: string;
  taker: Taker;
  /** None: its time was over. */
  readonly answer?: Sent;
}

export interface Verdict {
  readonly kind: string;
  /** Settled, or kept for. */
  readonly inputId?: string;
  /** Of an ambiguous one. */
  readonly ids?: readonly string[];
}

const HUMAN = 'HumanResponseEvent';
export const isHuman = (fields: Sent['fields']): boolean => typeof fields['response'] === 'string';
const isSub = (type: string, base: string): boolean => type === base || type.startsWith(`${base}/`);
const text = (fields: Sent['fields']): string => JSON.stringify(Object.entries(fields).sort());
const isAnswer = ({ type }: Sent): boolean => type === undefined || isSub(type, HUMAN);
/** What is said to a wait for a type: an answer without a type has that. */
const says = ({ fields, type }: Sent, expected: string): string =>
  text(type === undefined || type === expected ? fields : { ...fields, type });

const ofType = ({ type }: Taker, sent: Sent): boolean =>
  sent.type === undefined ? isSub(type, HUMAN) : isSub(sent.type, type);
const met = ({ requirements }: Taker, { fields }: Sent): boolean =>
  Object.entries(requirements).every(([name, value]) => (fields[name] ?? null) === value);
const agrees = ({ event }: ModelQuestion, { fields }: Sent): boolean =>
  Object.entries(fields).every(([name, value]) => !(name in event) || event[name] === value);
const would = (taker: Taker, sent: Sent): boolean => ofType(taker, sent) && taker.fits(sent.fields) && met(taker, sent);

export class AnswerRules {
  readonly open: ModelQuestion[] = [];
  readonly closed: Closed[] = [];
  readonly early: Sent[] = [];
  /** What was settled under an answer id; answers have ids of their own, and other events. */
  readonly #seen = new Map<string, Closed>();

  judge(sent: Sent): Verdict {
    if (sent.via === 'event' ? sent.type === undefined : sent.type !== undefined && !isSub(sent.type, HUMAN)) {
      return { kind: 'invalid' };
    }
    const used = sent.answerId === undefined ? undefined : this.#used(sent, sent.answerId);
    if (used !== undefined) {
      return { kind: used.isSame && (sent.inputId ?? used.inputId) === used.inputId ? 'duplicate' : 'conflict' };
    }
    if (sent.inputId !== undefined) return this.#named(sent, sent.inputId);
    return sent.type === undefined || isSub(sent.type, HUMAN) ? this.#answer(sent) : this.#event(sent);
  }

  take(sent: Sent): Verdict {
    const verdict = this.judge(sent);
    if (verdict.kind === 'early') this.early.push(sent);
    const question = this.open.find(({ inputId }) => inputId === verdict.inputId);
    if (verdict.kind === 'kept') question?.kept.push(sent);
    if (verdict.kind === 'settles' && question !== undefined) this.#settle(question, sent);
    return verdict;
  }

  /** @returns The reasons for which kept answers are given back. */
  wait(question: ModelQuestion, taker: Taker): readonly string[] {
    question.taker = taker;
    const reasons: string[] = [];
    for (const sent of question.kept.splice(0)) {
      const { kind } = this.judge({ ...sent, inputId: question.inputId });
      if (kind === 'settles') this.#settle(question, sent);
      else reasons.push(kind);
    }
    const early = this.early.findIndex((sent) => would(taker, sent));
    if (question.answer === undefined && early >= 0) this.#settle(question, this.early.splice(early, 1)[0] as Sent);
    return reasons;
  }

  timeOut(question: ModelQuestion): void {
    this.#close(question);
  }

  #used(sent: Sent, answerId: string): { readonly isSame: boolean; readonly inputId: string | undefined } | undefined {
    const done = this.#seen.get(`${isAnswer(sent)} ${answerId}`);
    if (done?.answer !== undefined) {
      return { isSame: says(done.answer, done.taker.type) === says(sent, done.taker.type), inputId: done.inputId };
    }
    const waiting = this.open.flatMap(({ inputId, kept }) => kept.map((one) => ({ inputId, one })));
    const held = [...waiting, ...this.early.map((one) => ({ inputId: undefined, one }))].find(
      ({ one }) => one.answerId === answerId && isAnswer(one) === isAnswer(sent),
    );
    if (held === undefined) return undefined;
    const type = held.one.type ?? sent.type ?? '';
    return { isSame: says(held.one, type) === says(sent, type), inputId: held.inputId };
  }

  #named(sent: Sent, inputId: string): Verdict {
    const question = this.open.find((one) => one.inputId === inputId);
    if (question?.taker !== undefined) {
      if (!ofType(question.taker, sent)) return { kind: 'not_waiting' };
      if (!question.taker.fits(sent.fields)) return { kind: 'invalid' };
      return met(question.taker, sent) ? { kind: 'settles', inputId } : { kind: 'not_waiting' };
    }
    if (question !== undefined) return this.#keep(question, sent);
    const closed = this.closed.find((one) => one.inputId === inputId);
    if (closed === undefined) return { kind: 'not_waiting' };
    if (closed.answer === undefined) return { kind: 'late' };
    return {
      kind: says(closed.answer, closed.taker.type) === says(sent, closed.taker.type) ? 'duplicate' : 'conflict',
    };
  }

  #keep(question: ModelQuestion, sent: Sent): Verdict {
    if (!agrees(question, sent)) return { kind: 'not_waiting' };
    if (question.kept.some(({ fields }) => text(fields) === text(sent.fields))) return { kind: 'duplicate' };
    return question.kept.length < 10 ? { kind: 'kept', inputId: question.inputId } : { kind: 'not_waiting' };
  }

  #answer(sent: Sent): Verdict {
    const able = this.open.filter((one) => (one.taker === undefined ? agrees(one, sent) : would(one.taker, sent)));
    if (able.length > 1) return { kind: 'ambiguous', ids: able.map(({ inputId }) => inputId).sort() };
    const [only] = able;
    const past = this.closed.filter(({ taker }) => would(taker, sent));
    const isSaid = past.some(
      ({ answer, taker }) => answer !== undefined && says(answer, taker.type) === says(sent, taker.type),
    );
    if (isSaid) return { kind: 'duplicate' };
    if (only !== undefined) {
      return only.taker === undefined ? this.#keep(only, sent) : { kind: 'settles', inputId: only.inputId };
    }
    if (past.some(({ answer }) => answer !== undefined)) return { kind: 'conflict' };
    if (past.length > 0) return { kind: 'late' };
    // No wait that it is meant for could read it.
    const meant = this.open.flatMap(({ taker }) => (taker !== undefined && ofType(taker, sent) ? [taker] : []));
    const isReadable = meant.length === 0 ? isHuman(sent.fields) : meant.some(({ fits }) => fits(sent.fields));
    return { kind: isReadable ? 'not_waiting' : 'invalid' };
  }

  #event(sent: Sent): Verdict {
    const wanting = this.open.filter(({ taker }) => taker !== undefined && ofType(taker, sent) && met(taker, sent));
    const taking = wanting.find(({ taker }) => taker?.fits(sent.fields));
    if (taking !== undefined) return { kind: 'settles', inputId: taking.inputId };
    if (wanting.length > 0) return { kind: 'invalid' };
    return { kind: this.early.length < 100 ? 'early' : 'not_waiting' };
  }

  #settle(question: ModelQuestion, sent: Sent): void {
    question.answer = sent;
    const closed = this.#close(question);
    if (sent.answerId === undefined || closed === undefined) return;
    this.#seen.set(`${isSub(closed.taker.type, HUMAN)} ${sent.answerId}`, closed);
  }

  #close(question: ModelQuestion): Closed | undefined {
    this.open.splice(this.open.indexOf(question), 1);
    if (question.taker === undefined) return undefined;
    const { inputId, taker, answer } = question;
    const closed = { inputId, taker, ...(answer === undefined ? {} : { answer }) };
    this.closed.push(closed);
    return closed;
  }
}
