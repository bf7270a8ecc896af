/**
 * Sent answer: an answer or event on its way to a run, as the client looks at it before and after.
 *
 * @module
 */
import {
  AgentError,
  jsonBytes,
  jsonProblem,
  LIMITS,
  lostField,
  lostFieldProblem,
  saidBy,
  type Settlement,
} from '../../protocol';

type AnyFields = { readonly [field: string]: unknown };

/** Whether this is what an answer did, and not another one that was sent under its `answerId` before. */
export function isOutcomeOf(settled: Settlement, sent: AnyFields): boolean {
  const { type, inputId, answerId: _answerId, seq: _seq, id: _id, time: _time, ...fields } = sent;
  // A question of a run of before may be named without the digest that its id ends with.
  const isIt = typeof inputId !== 'string' || settled.inputId === inputId || settled.inputId.startsWith(`${inputId}-`);
  const said = saidBy({ fields, type: type as string | undefined });
  return isIt && (settled.said === undefined || settled.said === said);
}

/** What a run would refuse, or Temporal would, is refused before it is sent. */
export function checkSent(event: AnyFields): void {
  const { answerId } = event;
  const lost = lostField(event);
  const isLong = typeof answerId === 'string' && answerId.length > LIMITS.nameChars;
  // It names the update, and a name of Temporal's is UTF-8.
  const isBroken = typeof answerId === 'string' && /\p{Surrogate}/u.test(answerId);
  const problem =
    jsonProblem(event) ??
    (lost === undefined ? undefined : lostFieldProblem(lost)) ??
    (isLong ? `its answerId is longer than ${LIMITS.nameChars} characters` : undefined) ??
    (isBroken ? 'its answerId has half a character' : undefined) ??
    (jsonBytes(event) > LIMITS.messageBytes ? `it is larger than ${LIMITS.messageBytes} bytes` : undefined);
  if (problem === undefined) return;
  throw new AgentError('INVALID_JSON', `This cannot be sent to a run: ${problem}.`, { where: 'event' });
}
