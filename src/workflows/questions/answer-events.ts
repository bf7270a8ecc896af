/**
 * Answer events: the stream's events for an answer that was refused or named no question.
 *
 * @module
 */
import { AnswerRefused, AnswerUnnamed, type AnyEvent, type Refusal } from '../../protocol';
import type { Incoming, Question } from './question';

export function refusedEvent({ received, inputId, answerId }: Incoming, { reason, message, open }: Refusal): AnyEvent {
  return {
    ...AnswerRefused({ reason, message, open: [...open], received }),
    ...(inputId === undefined ? {} : { inputId }),
    ...(answerId === undefined ? {} : { answerId }),
  };
}

export function unnamedEvent({ inputId }: Question, { received, answerId }: Incoming): AnyEvent {
  return { ...AnswerUnnamed({ received }), inputId, ...(answerId === undefined ? {} : { answerId }) };
}
