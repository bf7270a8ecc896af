import { expect, test } from '@jest/globals';
import { PassedConversations } from '../../src/activities';
import { passedKey } from '../../src/protocol';

const conversation = { messages: [{ role: 'user' as const, content: 'Hi. '.repeat(100) }] };
const TEXT = JSON.stringify(conversation);
const SIZE = TEXT.length + 200;
const call = { handed: '12345678' };

test('what was handed over is taken once, by the very call that it was given for', () => {
  const passedConversations = new PassedConversations();
  passedConversations.put(passedKey('run', call.handed), TEXT);
  expect(passedConversations.take('other run', call)).toBeUndefined();
  expect(passedConversations.take('run', { handed: 'another try' })).toBeUndefined();
  expect(passedConversations.take('run', {})).toBeUndefined();
  expect(passedConversations.take('run', call)).toEqual(conversation);
  expect(passedConversations.take('run', call)).toBeUndefined();
});

test('what nobody takes makes room, oldest first', () => {
  const passedConversations = new PassedConversations(3 * SIZE);
  const put = (run: string, text: string): void => passedConversations.put(passedKey(run, call.handed), text);
  for (const run of ['1', '2', '3', '4', '4']) put(run, TEXT);
  expect(['1', '2', '3', '4'].map((run) => passedConversations.take(run, call) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ]);
  put('1', TEXT);
  put('2', 'x'.repeat(4 * SIZE));
  expect([passedConversations.take('1', call), passedConversations.take('2', call)]).toEqual([undefined, undefined]);
});

test('nor do many small ones pile up', () => {
  const passedConversations = new PassedConversations(1000 * 200);
  for (let nth = 0; nth < 2000; nth += 1) passedConversations.put(passedKey(String(nth), call.handed), '{}');
  const left = Array.from({ length: 2000 }, (_none, nth) => passedConversations.take(String(nth), call)).filter(
    Boolean,
  );
  expect(left.length).toBeLessThan(1000);
});
