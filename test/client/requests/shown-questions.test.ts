import { expect, test } from '@jest/globals';
import { ShownQuestions } from '../../../src/client/requests/shown-questions';
import { AgentInput, AnswerRefused, HumanResponseEvent, InputRequiredEvent } from '../../../src/protocol';

const asks = (inputId: string, fields: object = {}) => ({ ...InputRequiredEvent({ prefix: '?', ...fields }), inputId });
const yes = (fields: object = {}) => HumanResponseEvent({ response: 'yes', ...fields });

function shown(...events: readonly (ReturnType<typeof asks> | ReturnType<typeof AgentInput>)[]): ShownQuestions {
  const questions = new ShownQuestions();
  for (const event of events) questions.see(event);
  return questions;
}

test('an answer is meant for the only question that was shown, and for none of several', () => {
  expect(shown().meantBy(yes())).toBeUndefined();
  expect(shown(asks('1.0.0')).meantBy(yes())).toBe('1.0.0');
  expect(shown(asks('1.0.0'), asks('1.1.0')).meantBy(yes())).toBeUndefined();
});

test('a question that says otherwise than the answer is not meant', () => {
  const questions = shown(asks('1.0.0', { role: 'manager' }), asks('1.1.0', { role: 'finance' }));
  expect(questions.meantBy(yes({ role: 'finance' }))).toBe('1.1.0');
  expect(questions.meantBy(yes({ role: 'intern' }))).toBeUndefined();
});

test('what was answered is not meant again, also when it is shown again; unless the answer was refused', () => {
  const questions = shown(asks('1.0.0'));
  questions.answered('1.0.0');
  questions.see(asks('1.0.0'));
  expect(questions.meantBy(yes())).toBeUndefined();
  const refusal = AnswerRefused({ reason: 'invalid', message: 'no', open: ['1.0.0'], received: '' });
  questions.see({ ...refusal, inputId: '1.0.0' });
  expect(questions.meantBy(yes())).toBe('1.0.0');
});

test('an agent that asks its model again has no question open: its own, and those of agents that it ran', () => {
  const nested = asks('2.0.0.1.0.0');
  expect(shown(asks('1.0.0'), AgentInput({ agent: 'a', upTo: 3 }), asks('2.0.0')).meantBy(yes())).toBe('2.0.0');
  const both = shown(nested, asks('2.1.0'), AgentInput({ agent: 'b', upTo: 3, thread: '2.0.0' }));
  expect(both.meantBy(yes())).toBe('2.1.0');
});
