/**
 * Judge: which answer settles which question.
 *
 * A pure reducer of the rules in docs/protocol.md, shared by the signal and the update's validator. One answer settles
 * one question or is refused with a reason. None is broadcast.
 *
 * @module
 */
import { HumanResponseEvent, cutText, LIMITS, lostFieldProblem, sameJson, schemaProblem } from '../../protocol';
import { asEvent, contentOf, isAnswer } from './incoming';
import { agrees, hasType, meets, shapeProblem, takes } from './matching';
import { isFormerId, isSameOperation } from './question-id';
import {
  askedInstead,
  noSuchQuestion,
  refuse,
  refuseRepeated,
  refuseLate,
  refuseUnnamed,
  whatItTakes,
} from './refusals';
import type { Expectation, Incoming, Question, Verdict } from './question';
import type { QuestionState } from './question-state';

/** `former` accepts what earlier releases accepted, or this one before a question's text changed; see `recordedRules`. */
export type Rules = 'now' | 'former';

export function judge(state: QuestionState, incoming: Incoming, rules: Rules = 'now'): Verdict {
  const problem =
    incoming.problem ??
    (incoming.lost === undefined || rules === 'former' ? undefined : lostFieldProblem(incoming.lost));
  if (problem !== undefined) return refuse(state, 'invalid', `This answer cannot be used: ${problem}.`);
  if (incoming.misnamed !== undefined && rules === 'now')
    return refuse(state, 'invalid', misnamedText(incoming.misnamed));
  const isReappliedAnswer = incoming.isReapplied === true && isAnswer(incoming);
  if (isReappliedAnswer && state.isOrderLost) return refuse(state, 'not_waiting', AFTER_UNNAMED);
  const used = incoming.answerId === undefined ? undefined : judgeAnswerId(state, incoming, incoming.answerId, rules);
  if (used !== undefined) return used;
  if (incoming.inputId !== undefined) {
    const inputId = rules === 'former' ? idOfOperation(state, incoming.inputId) : fullId(state, incoming.inputId);
    return judgeById(state, inputId, incoming);
  }
  // Its question may be asked later. Its sender may never have seen those that are open now.
  if (isReappliedAnswer) return refuse(state, 'not_waiting', UNNAMED);
  return isAnswer(incoming) ? judgeByMatch(state, incoming, rules) : judgeEvent(state, incoming);
}

export function isSameEffect(a: Verdict, b: Verdict): boolean {
  return a.kind === b.kind && ('inputId' in a ? a.inputId : undefined) === ('inputId' in b ? b.inputId : undefined);
}

/** One `answerId` belongs to one answer, taken or kept. Other events have ids of their own. */
function judgeAnswerId(state: QuestionState, incoming: Incoming, answerId: string, rules: Rules): Verdict | undefined {
  const { settled, early } = state;
  const isAnswerId = isAnswer(incoming);
  const done =
    settled.answeredBy(answerId, isAnswerId) ??
    (rules === 'former' ? settled.answeredBy(answerId, !isAnswerId) : undefined);
  const waiting = [...state.open.values()].flatMap(({ inputId, kept }) => kept.map((one) => ({ inputId, one })));
  const reapplied = state.reapplied.find(answerId);
  const ahead = reapplied === undefined ? [] : [{ inputId: reapplied.inputId, one: reapplied }];
  const held = [...waiting, ...ahead, ...early.map((one) => ({ inputId: undefined, one }))].find(
    ({ one }) => one.answerId === answerId && (rules === 'former' || isAnswer(one) === isAnswerId),
  );
  if (done === undefined && held === undefined) return undefined;
  const inputId = done?.inputId ?? held?.inputId;
  const type = done?.expectation.definition.type ?? held?.one.type ?? incoming.type ?? '';
  const content = done?.content ?? (held === undefined ? undefined : contentOf(held.one, type));
  const isSame = contentOf(incoming, type) === content;
  if (isSame && (incoming.inputId === undefined || fullId(state, incoming.inputId) === inputId)) {
    return refuse(state, 'duplicate', `The answer "${answerId}" was taken already; nothing more is needed.`);
  }
  const taken = inputId === undefined ? '' : ` of the question "${inputId}"`;
  const message = `The answerId "${answerId}" was used by another answer${taken}, which stands: give each answer an answerId of its own.`;
  return refuse(state, 'conflict', message);
}

function judgeById(state: QuestionState, inputId: string, incoming: Incoming): Verdict {
  const question = state.open.get(inputId);
  if (question !== undefined) {
    if (incoming.isReapplied === true && state.reapplied.isBehind(inputId)) return judgeReapplied(state, inputId);
    return question.expectation === undefined
      ? judgeKept(state, question, incoming)
      : judgeNamed(state, question, incoming);
  }
  const settled = state.settled.get(inputId);
  if (settled === undefined) {
    if (incoming.isReapplied === true && canBeAsked(state, inputId)) return judgeReapplied(state, inputId);
    const message = state.withdrawn.has(inputId)
      ? `The question "${inputId}" was withdrawn: what asked it has ended, and nothing waits for its answer any more.`
      : noSuchQuestion(state, inputId);
    return refuse(state, 'not_waiting', message);
  }
  if (settled.content === undefined) return refuseLate(state, inputId);
  return refuseRepeated(state, inputId, settled.content === contentOf(incoming, settled.expectation.definition.type));
}

/** Completes an id of earlier releases, which has no digest. */
function fullId({ open, settled, formerLink }: QuestionState, named: string): string {
  if (formerLink === undefined || !named.endsWith(`-${formerLink}`) || open.has(named)) return named;
  const isMeant = (inputId: string): boolean => isFormerId(named, inputId, formerLink);
  return [...open.keys()].find(isMeant) ?? [...settled.ids].find(isMeant) ?? named;
}

function idOfOperation({ open }: QuestionState, named: string): string {
  if (open.has(named)) return named;
  return [...open.keys()].find((inputId) => isSameOperation(inputId, named)) ?? named;
}

function canBeAsked(state: QuestionState, inputId: string): boolean {
  return !state.withdrawn.has(inputId) && askedInstead(state, inputId) === undefined;
}

const UNNAMED =
  'The run was reset, and this answer, which came with the reset, does not name its question: answer again, with its "inputId".';

const AFTER_UNNAMED =
  'The run was reset, and an answer that came before this one does not name its question in full. It may have answered this one first, so this one does not count: answer again.';

function misnamedText(name: string): string {
  return `This answer cannot be used: its field "${cutText(name, 100)}" seems to name a question; the field that does is called "inputId".`;
}

function judgeReapplied(state: QuestionState, inputId: string): Verdict {
  if (state.reapplied.hasRoom) return { kind: 'kept', inputId };
  const message = `The run was reset, and too many answers came with the reset: when "${inputId}" is asked again, answer it again.`;
  return refuse(state, 'not_waiting', message);
}

/** Nothing waits on the question yet, so its requirements are unknown. */
function judgeKept(state: QuestionState, { inputId, event, kept }: Question, incoming: Incoming): Verdict {
  if (!agrees(event ?? {}, incoming.fields)) {
    return refuse(state, 'not_waiting', `The fields of this answer contradict the question "${inputId}".`);
  }
  if (kept.some((one) => sameJson(one.fields, incoming.fields))) return refuseRepeated(state, inputId, true);
  if (kept.length < LIMITS.keptAnswers) return { kind: 'kept', inputId };
  return refuse(
    state,
    'not_waiting',
    `${kept.length} answers to "${inputId}" are kept until its tool waits: send this one later.`,
  );
}

function judgeNamed(state: QuestionState, question: Question, incoming: Incoming): Verdict {
  const { inputId, expectation } = question as Question & { expectation: Expectation };
  if (!hasType(expectation, incoming)) {
    return refuse(
      state,
      'not_waiting',
      `The question "${inputId}" takes a ${expectation.definition.type}, not a ${incoming.type ?? HumanResponseEvent.type}.`,
    );
  }
  const problem = shapeProblem(expectation, incoming);
  if (problem !== undefined) return refuse(state, 'invalid', `This does not answer "${inputId}": ${problem}.`);
  if (!meets(incoming.fields, expectation.requirements)) {
    return refuse(state, 'not_waiting', whatItTakes(question));
  }
  return { kind: 'settles', inputId };
}

/**
 * An answer without an id must match exactly one question. A repeated one may have been sent twice, and settles nothing.
 */
function judgeByMatch(state: QuestionState, incoming: Incoming, rules: Rules): Verdict {
  const open = [...state.open.values()];
  const typed = open.filter(({ expectation }) => expectation !== undefined && hasType(expectation, incoming));
  const shaped = typed.filter(({ expectation }) => shapeProblem(expectation as Expectation, incoming) === undefined);
  const wanted = shaped.filter(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements));
  // While nothing waits on a question its requirements are unknown, but its own fields must agree.
  const asked = open.filter(
    ({ event, expectation }) => expectation === undefined && agrees(event ?? {}, incoming.fields),
  );
  const [only, another] = [...wanted, ...asked];
  if (another !== undefined) {
    const ids = [...wanted, ...asked].map(({ inputId }) => inputId);
    return refuse(
      state,
      'ambiguous',
      `${ids.length} open questions would take this answer: send the "inputId" of one.`,
      ids,
    );
  }
  const past = state.settled.wouldHaveTaken(incoming);
  if (only !== undefined && past?.kind === 'same' && rules === 'now') {
    const message = `The question "${past.inputId}" was given this very answer already. If it is meant for "${only.inputId}" as well, send it with that "inputId".`;
    return refuse(state, 'duplicate', message);
  }
  if (only?.expectation?.isNamed === true) return refuseUnnamed(state, only.inputId);
  if (only !== undefined) {
    return only.expectation === undefined
      ? judgeKept(state, only, incoming)
      : { kind: 'settles', inputId: only.inputId };
  }

  if (past !== undefined) {
    return past.kind === 'late'
      ? refuseLate(state, past.inputId)
      : refuseRepeated(state, past.inputId, past.kind === 'same');
  }
  // The refusal speaks of the nearest question: one whose fields fit, else one whose requirements are met.
  const missed =
    shaped[0] ??
    typed.find(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements)) ??
    typed[0];
  const problem =
    shaped.length > 0
      ? undefined
      : missed?.expectation !== undefined
        ? shapeProblem(missed.expectation, incoming)
        : schemaProblem(HumanResponseEvent.schema, asEvent(incoming, HumanResponseEvent.type, undefined));
  if (problem !== undefined) return refuse(state, 'invalid', `This answer cannot be used: ${problem}.`);
  if (missed?.expectation === undefined) {
    return refuse(
      state,
      'not_waiting',
      open.length === 0 ? 'No question is open.' : 'No open question takes this answer.',
    );
  }
  return refuse(state, 'not_waiting', whatItTakes(missed));
}

/** An event that is no answer goes to the oldest wait that wants it, or is kept. */
function judgeEvent(state: QuestionState, incoming: Incoming): Verdict {
  const typed = [...state.open.values()].filter(
    ({ expectation }) => expectation !== undefined && hasType(expectation, incoming),
  );
  const wanted = typed.filter(({ expectation }) => meets(incoming.fields, (expectation as Expectation).requirements));
  const takers = wanted.filter(({ expectation }) => takes(expectation as Expectation, incoming));
  const taker = takers.find(({ expectation }) => expectation?.isNamed !== true);
  if (taker !== undefined) return { kind: 'settles', inputId: taker.inputId };
  if (takers[0] !== undefined) return refuseUnnamed(state, takers[0].inputId);
  const problem = wanted[0] === undefined ? undefined : shapeProblem(wanted[0].expectation as Expectation, incoming);
  if (problem !== undefined) return refuse(state, 'invalid', `This event cannot be used: ${problem}.`);
  if (state.early.length >= LIMITS.earlyEvents || state.earlyBytes + incoming.bytes > LIMITS.earlyBytes) {
    return refuse(
      state,
      'not_waiting',
      `Nothing waits for this event, and ${state.early.length} early ones are kept already.`,
    );
  }
  return { kind: 'early' };
}
