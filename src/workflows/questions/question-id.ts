/**
 * Question id: names a question by where it is asked and what it asks.
 *
 * `1.0.0-ee95d4f8-` and a digest. A question repeated word for word, as after a reset, keeps its id; any change gives
 * another. So no answer settles a question that its sender was not shown.
 *
 * @module
 */
import { DIGEST_CHARS, digestOf, unstamped } from '../../protocol';
import { shortLinkId } from '../link/link-id';
import type { Asked, Asker, Expectation } from './question';

/**
 * Covers the event without its stamps or, for a wait without an event, its type, requirements and waiterId. Also who
 * asks: agents, tool and arguments, and for a nested agent the same of every call around it. Not the model's call id,
 * which changes when a model repeats itself.
 */
export function digestOfQuestion({ agents, toolName, args, origin }: Asker, { event, expectation }: Asked): string {
  const asked = event === undefined ? expected(expectation) : unstamped(event);
  return digestOf({ agents, toolName, args, origin, asked });
}

/** The `origin` of everything asked below a call that runs an agent. */
export function digestOfCall({ agents, toolName, args, origin }: Asker, agent: string, task: unknown): string {
  return digestOf({ agents, toolName, args, origin, agent, task });
}

export function questionId(operationId: string, asker: Asker, asked: Asked): string {
  return `${operationId}-${shortLinkId()}-${digestOfQuestion(asker, asked)}`;
}

/** Whether a value is a complete question id, of any run. */
export function isQuestionId(value: unknown): boolean {
  return typeof value === 'string' && QUESTION_ID.test(value.trim());
}

const QUESTION_ID = new RegExp(`^[0-9.]+-[^-]{1,8}-[0-9a-z]{${DIGEST_CHARS}}$`, 'i');

/**
 * Whether `inputId` names this question without a digest, as earlier releases did.
 *
 * @param link The run's own link, so that the id cannot mean a question from elsewhere.
 */
export function isFormerId(inputId: string, question: string, link: string): boolean {
  return (
    inputId.endsWith(`-${link}`) &&
    question.length === inputId.length + 1 + DIGEST_CHARS &&
    question.startsWith(`${inputId}-`)
  );
}

/** Whether both ids name the same operation, whatever was asked. */
export function isSameOperation(inputId: string, question: string): boolean {
  return operationOf(inputId) === operationOf(question);
}

/** Whether two questions belong to one tool call, or to agents that it runs. */
export function isSameCall(inputId: string, other: string): boolean {
  return callOf(inputId) === callOf(other);
}

function callOf(inputId: string): string {
  return inputId.split('.').slice(0, 2).join('.');
}

function operationOf(inputId: string): string {
  return inputId.split('-').slice(0, 2).join('-');
}

function expected(expectation: Expectation | undefined): object {
  return {
    type: expectation?.definition.type,
    requirements: expectation?.requirements,
    waiterId: expectation?.waiterId,
  };
}
