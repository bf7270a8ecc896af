/**
 * Judge answers: each settled one question, or was refused with a reason that its sender or the stream shows.
 *
 * What was sent again under the same `answerId` is one answer. Of an update whose outcome was unknown nobody can say
 * when it is applied: it may settle a question after a second try of it was refused.
 *
 * @module
 */
import type { ActedOn, Finding, RunEvidence, Sent } from './evidence';
import { groupBy } from './group';

export function judgeAnswers(evidence: RunEvidence): readonly Finding[] {
  const { plan, sent, acted, refusals, questions } = evidence;
  const findings: Finding[] = [];
  const find = (kind: string, text: string): void => void findings.push({ run: plan.id, kind, text });
  const actedBy = groupBy(acted, ({ answerId }) => answerId);
  const refusedBy = groupBy(refusals, ({ answerId }) => answerId ?? '');
  const byId = new Map(sent.map((one) => [one.answerId, one]));

  for (const [answerId, settled] of actedBy) {
    if (settled.length > 1) {
      const ids = settled.map(({ inputId }) => inputId).join(' and ');
      find('settled two questions', `The answer ${answerId} was acted on for ${ids}.`);
    }
    const answer = byId.get(answerId);
    if (answer === undefined) find('nobody sent', `The answer ${answerId} was acted on, and nobody sent it.`);
    else for (const one of settled) for (const text of misfits(one, answer)) find('other answer', text);
  }
  for (const { inputId, item, answerId, user } of acted) {
    const question = questions.find((asked) => asked.inputId === inputId);
    if (question?.user === user && question.item === item) continue;
    find(
      'wrong person',
      `"${inputId}" asks ${question?.user} about ${question?.item}; ${answerId} was ${user}'s on ${item}.`,
    );
  }
  for (const [answerId, events] of refusedBy) {
    const tries = byId.get(answerId)?.tries ?? 0;
    if (events.length > tries) find('refused too often', `${answerId}: sent ${tries} times, refused ${events.length}.`);
  }
  for (const answer of sent) {
    const settled = actedBy.get(answer.answerId) ?? [];
    const refused = refusedBy.get(answer.answerId) ?? [];
    for (const text of unaccounted(answer, settled, refused.length, evidence)) find('lost answer', text);
    for (const text of contradictions(answer, settled)) find('told otherwise', text);
  }
  return findings;
}

/** What the run acted on is not what was sent. */
function misfits(acted: ActedOn, { act, inputId, answerId }: Sent): readonly string[] {
  return [
    ...(acted.response === act.response
      ? []
      : [`${answerId} said "${act.response}", and "${acted.response}" was acted on.`]),
    ...(acted.user === act.user ? [] : [`${answerId} was ${act.user}'s, and was acted on as ${acted.user}'s.`]),
    ...(act.isNamed && acted.inputId !== inputId
      ? [`${answerId} was for "${inputId}", and settled "${acted.inputId}".`]
      : []),
  ];
}

/** Taken, or so it was said, and neither acted on nor refused. */
function unaccounted(
  { answerId, open, outcomes }: Sent,
  settled: readonly ActedOn[],
  refused: number,
  { seen }: RunEvidence,
): readonly string[] {
  const texts: string[] = [];
  if (open.length > 0) texts.push(`${answerId} was sent and has no outcome (${open.join(', ')}).`);
  const signals = outcomes.filter(({ kind }) => kind === 'sent').length;
  // An update that settled is no signal's doing: then each of the signals was refused.
  const bySignal = outcomes.some(({ kind }) => kind === 'settled') ? 0 : settled.length;
  if (bySignal + refused < signals) {
    texts.push(
      `${answerId} was sent ${signals} times as a signal; acted on ${settled.length} times, refused ${refused}.`,
    );
  }
  for (const outcome of outcomes) {
    if (outcome.kind === 'ended' && seen.status === 'RUNNING') {
      texts.push(`${answerId} was told that the run has ended, which it has not.`);
    } else if (outcome.kind === 'settled') {
      const isActedOn = settled.some(({ inputId }) => inputId === outcome.inputId);
      if (isActedOn || (outcome.isKept && refused > 0)) continue;
      texts.push(`${answerId} was told to have settled "${outcome.inputId}", which did not act on it.`);
    }
  }
  return texts;
}

/** Refused, and acted on all the same. */
function contradictions({ answerId, outcomes, unknowns, tries }: Sent, settled: readonly ActedOn[]): readonly string[] {
  // Without an unknown outcome there was no earlier try that could have been applied late.
  if (settled.length === 0 || unknowns > 0 || tries > outcomes.length) return [];
  return outcomes.flatMap((outcome) =>
    outcome.kind === 'refused' && outcome.reason !== 'duplicate'
      ? [`${answerId} was refused as ${outcome.reason}, and was acted on.`]
      : [],
  );
}
