import { expect, test } from '@jest/globals';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('a run that ended goes on as a next turn, with its conversation, its store and its agent', async () => {
  const first = await temporal.run('statefulAgent', [calls(['note', { text: 'hi' }]), says('Noted.')], 'first');
  await first.result();
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  const second = await temporal.run('statefulAgent', [says('Turn two.')], { userMsg: 'second', context });
  expect(String(await second.result())).toBe('Turn two.');
  expect(temporal.requests[0]?.messages.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
  ]);
  expect(temporal.requests[0]?.messages.at(-1)?.content).toMatch(/"note": "hi"[\s\S]*second/);
});

test('after a handoff the next turn starts with the agent that has the conversation', async () => {
  const first = await temporal.run('teamAgent', [calls(['handoff', { to_agent: 'B', reason: 'x' }]), says('B here.')]);
  await first.result();
  const second = await temporal.run('teamAgent', [says('Still B.')], {
    userMsg: 'again',
    context: await first.context(),
  });
  expect(await second.result()).toMatchObject({ agent: 'B', response: 'Still B.' });
});

test('limits belong to a run, not to its context', async () => {
  const add = calls(['add', { a: 1, b: 1 }]);
  const first = await temporal.run('toolAgent', [add, add], { userMsg: 'a', maxIterations: 2 });
  await expect(first.result()).rejects.toMatchObject({ details: { cause: 'MAX_ITERATIONS' } });
  const second = await temporal.run('toolAgent', [add, add, says('ok')], {
    userMsg: 'b',
    context: await first.context(),
  });
  expect(String(await second.result())).toBe('ok');
});

test('a turn after a cancelled one has a tool message for every call', async () => {
  const first = await temporal.run('toolAgent', [calls(['add', { a: 1, b: 1 }], ['confirm', { question: 'ok? ' }])]);
  await eventOfType(first, 'InputRequiredEvent');
  await first.cancel();
  await expect(first.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  const second = await temporal.run('toolAgent', [says('Go on.')], { userMsg: 'b', context: await first.context() });
  expect(String(await second.result())).toBe('Go on.');
  const tools = temporal.requests[0]?.messages.filter(({ role }) => role === 'tool');
  expect(tools?.map(({ tool_call_id }) => tool_call_id)).toEqual(['call_1', 'call_2']);
});

test.each<[string, unknown, RegExp]>([
  ['of a newer version', { version: 99 }, /version 99.*update/],
  ['that is no object', 'context', /damaged/],
  ['with a field nobody knows', { version: 1, workflow: 'a', messages: [], state: {}, more: 1 }, /more/],
  [
    'with a call that was never answered',
    {
      version: 1,
      workflow: 'a',
      state: {},
      messages: [{ role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'x', args: {} }] }],
    },
    /"c" has no tool message/,
  ],
  ['of an agent that is not there', { version: 1, workflow: 'a', agent: 'Z', messages: [], state: {} }, /"Z"/],
])('a context %s is refused with the reason', async (_name, context, message) => {
  const run = await temporal.run('toolAgent', [], { userMsg: 'Go.', context });
  await expect(run.result()).rejects.toMatchObject({
    message: expect.stringMatching(message),
    details: { cause: 'INVALID_CONTEXT' },
  });
});
