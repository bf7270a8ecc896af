import { expect, test } from '@jest/globals';
import { HandedOver } from '../../src/activities';
import { handOverKey } from '../../src/agent';

const call = { agent: 'a', upTo: 1, seen: 3 };
const conversation = { messages: [{ role: 'user' as const, content: 'Hi.' }] };
const TEXT = JSON.stringify(conversation);

test('what was handed over is taken once, by the very call that it was given for', () => {
  const handedOver = new HandedOver();
  handedOver.put(handOverKey('run', call), TEXT);
  expect(handedOver.take('other run', call)).toBeUndefined();
  expect(handedOver.take('run', { ...call, seen: 4 })).toBeUndefined();
  expect(handedOver.take('run', { ...call, thread: '1.0.0' })).toBeUndefined();
  expect(handedOver.take('run', call)).toEqual(conversation);
  expect(handedOver.take('run', call)).toBeUndefined();
});

test('what nobody takes makes room, oldest first', () => {
  const handedOver = new HandedOver(3 * TEXT.length);
  for (const run of ['1', '2', '3', '4', '4']) handedOver.put(handOverKey(run, call), TEXT);
  expect(['1', '2', '3', '4'].map((run) => handedOver.take(run, call) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ]);
  handedOver.put(handOverKey('1', call), TEXT);
  handedOver.put(handOverKey('2', call), 'x'.repeat(4 * TEXT.length));
  expect([handedOver.take('1', call), handedOver.take('2', call)]).toEqual([undefined, undefined]);
});
