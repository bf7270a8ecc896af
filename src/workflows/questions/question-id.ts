/**
 * Question id: names a question by where and what it asks.
 *
 * `1.0.0-ee95d4f8-` and a digest. A question that is asked again word for word, as after a reset, has the same id; one
 * that asks anything else has another, so an answer never settles a question that its sender was not shown.
 *
 * @module
 */
import { DIGEST_CHARS, digestOf, unstamped } from '../../protocol';
import { shortLinkId } from '../link/link-id';
import type { Asked, Asker, Expectation } from './question';

/**
 * The digest of what is asked.
 *
 * It covers the event with its type and every field but the stamps; for a wait without an event the type it waits for,
 * its requirements and its waiterId. And who asks: the agents, the tool, the tool's arguments, and for a nested agent
 * the same of every call around it. Not the model's id of the call, which is another when a model says the same again.
 */
export function digestOfQuestion({ agents, toolName, args, origin }: Asker, { event, expectation }: Asked): string {
  const asked = event === undefined ? expected(expectation) : unstamped(event);
  return digestOf({ agents, toolName, args, origin, asked });
}

/** The digest of a call that runs an agent: the `origin` of all that is asked below it. */
export function digestOfCall({ agents, toolName, args, origin }: Asker, agent: string, task: unknown): string {
  return digestOf({ agents, toolName, args, origin, agent, task });
}

/** @param operationId The operation that asks. */
export function questionId(operationId: string, asker: Asker, asked: Asked): string {
  return `${operationId}-${shortLinkId()}-${digestOfQuestion(asker, asked)}`;
}

/** Whether a value is the whole id of a question, of this run or any other. */
export function isQuestionId(value: unknown): boolean {
  return typeof value === 'string' && QUESTION_ID.test(value.trim());
}

const QUESTION_ID = new RegExp(`^[0-9.]+-[^-]{1,8}-[0-9a-z]{${DIGEST_CHARS}}$`, 'i');

/**
 * Whether `inputId` names this question as earlier releases did, which left the digest out.
 *
 * @param link The run's own link: such an id is not taken for a question that came from elsewhere.
 */
export function isFormerId(inputId: string, question: string, link: string): boolean {
  return (
    inputId.endsWith(`-${link}`) &&
    question.length === inputId.length + 1 + DIGEST_CHARS &&
    question.startsWith(`${inputId}-`)
  );
}

/** Whether two ids name the same operation: one question that was asked otherwise at another time. */
export function isSamePlace(inputId: string, question: string): boolean {
  return placeOf(inputId) === placeOf(question);
}

/** Whether two questions are of one tool call, or of the agents that it runs. */
export function isSameCall(inputId: string, other: string): boolean {
  return callOf(inputId) === callOf(other);
}

function callOf(inputId: string): string {
  return inputId.split('.').slice(0, 2).join('.');
}

function placeOf(inputId: string): string {
  return inputId.split('-').slice(0, 2).join('-');
}

function expected(expectation: Expectation | undefined): object {
  return {
    type: expectation?.definition.type,
    requirements: expectation?.requirements,
    waiterId: expectation?.waiterId,
  };
}
