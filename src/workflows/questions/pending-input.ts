/**
 * Pending input: an open question as the query `pendingInputs` returns it.
 *
 * All of a run's questions must fit in one query result, so the size of each is known.
 *
 * @module
 */
import { HumanResponseEvent, jsonBytes, type PendingInput } from '../../protocol';
import { expectedFields } from './expected-fields';
import type { Question } from './question';

/** Also a question about to be asked. */
export type PendingQuestion = Pick<Question, 'inputId' | 'asker' | 'askedAt' | 'event' | 'expectation'>;

export function pendingInput({ inputId, event, expectation, asker, askedAt }: PendingQuestion): PendingInput {
  return {
    inputId,
    ...(event === undefined ? {} : { event }),
    expectedType: expectation?.definition.type ?? HumanResponseEvent.type,
    expectedFields: expectedFields(expectation?.definition.schema ?? HumanResponseEvent.schema),
    requirements: expectation?.requirements ?? {},
    isWaiting: expectation !== undefined,
    ...(expectation?.isNamed === undefined ? {} : { isNamed: true }),
    ...(expectation?.waiterId === undefined ? {} : { waiterId: expectation.waiterId }),
    ...(asker.toolName === undefined ? {} : { toolName: asker.toolName }),
    ...(asker.toolId === undefined ? {} : { toolId: asker.toolId }),
    agents: asker.agents,
    askedAt,
    ...(expectation?.deadline === undefined ? {} : { deadline: expectation.deadline }),
  };
}

/** Cached before and during a wait: each event is measured once. */
const sizes = new WeakMap<PendingQuestion, { readonly isWaiting: boolean; readonly bytes: number }>();

export function pendingBytes(question: PendingQuestion): number {
  const isWaiting = question.expectation !== undefined;
  const known = sizes.get(question);
  if (known?.isWaiting === isWaiting) return known.bytes;
  const bytes = jsonBytes(pendingInput(question));
  sizes.set(question, { isWaiting, bytes });
  return bytes;
}
