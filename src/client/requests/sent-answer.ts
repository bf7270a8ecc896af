/**
 * Sent answer: checks an answer or event before it is sent, and its outcome afterwards.
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

/** Whether this is the outcome of this answer, and not of another one sent under its `answerId`. */
export function isOutcomeOf(settled: Settlement, sent: AnyFields): boolean {
  const { type, inputId, answerId: _answerId, seq: _seq, id: _id, time: _time, ...fields } = sent;
  // Earlier releases named questions without the digest that ends an id.
  const isIt = typeof inputId !== 'string' || settled.inputId === inputId || settled.inputId.startsWith(`${inputId}-`);
  const said = saidBy({ fields, type: type as string | undefined });
  return isIt && (settled.said === undefined || settled.said === said);
}

/** Refuses before sending what the run or Temporal would refuse. */
export function checkSent(event: AnyFields): void {
  const { answerId } = event;
  const lost = lostField(event);
  const isLong = typeof answerId === 'string' && answerId.length > LIMITS.nameChars;
  // It names the update, and Temporal's names are UTF-8.
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
