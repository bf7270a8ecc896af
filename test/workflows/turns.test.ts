import { expect, test } from '@jest/globals';
import { effects, slowCalls, whenSlowCalls } from '../fixtures/implementations';
import { calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../setup/temporal';

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

test('a context taken in the middle goes on elsewhere: questions keep their ids, nothing is done or asked again', async () => {
  const key = crypto.randomUUID();
  const slowBefore = slowCalls.length;
  const first = await temporal.run(
    'toolAgent',
    [calls(['ask_after_effect', { key }], ['twice'], ['add', { a: 1, b: 2 }]), says('never asked here')],
    'Go.',
  );
  await whenSlowCalls(slowBefore + 1);
  slowCalls.at(-1)?.finish();
  const asked = await questionsOf(first, 2);
  const name = asked.find(({ prefix }) => prefix === 'name? ') as { inputId: string };
  await first.respond(name, 'Ann');
  const age = (await eventOf(first, ({ prefix }) => prefix === 'age? ')) as { inputId: string };
  await eventOf(first, ({ type, toolId }) => type === 'ToolCallResult' && toolId === 'call_3');
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  await first.cancel();

  const second = await temporal.run('toolAgent', [says('All done.')], { context });
  const open = await second.pendingInputs();
  const before = asked.find(({ prefix }) => prefix === 'Go on? ') as { inputId: string };
  expect(open.map(({ inputId }) => inputId).sort()).toEqual([before.inputId, age.inputId].sort());
  expect(open.every(({ isWaiting }) => isWaiting)).toBe(true);
  await second.respond(age, '42');
  await second.respond(before, { response: 'yes', user_name: 'Laurie' });
  expect(await second.result()).toMatchObject({ response: 'All done.' });
  expect([effects.get(`${key}:before`), effects.get(`${key}:after`)]).toEqual([1, 1]);
  const outputs = temporal.requests[0]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  expect(outputs).toEqual(['true yes', 'Ann is 42', '3']);
  expect(temporal.requests).toHaveLength(1);
});

test('a context taken during a model call asks the model again', async () => {
  const requested = temporal.model.requests.length + 1;
  const first = await temporal.run('toolAgent', [{ content: 'lost', hold: new Promise(() => undefined) }], {
    userMsg: 'Go.',
    maxIterations: 1,
  });
  await temporal.model.whenRequested(requested);
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('Here.')], { context });
  expect(await second.result()).toMatchObject({ response: 'Here.' });
});

test('a deadline keeps its time when its context is moved', async () => {
  const first = await temporal.run('toolAgent', [calls(['patient'])]);
  await eventOfType(first, 'InputRequiredEvent');
  const context = (await first.context()) as { questions: readonly { askedAt: string }[] };
  const [{ deadline = '' } = {}] = await first.pendingInputs();
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('.')], { context });
  await eventOfType(second, 'InputRequiredEvent');
  expect((await second.pendingInputs())[0]).toMatchObject({ deadline, askedAt: context.questions[0]?.askedAt });
  await second.cancel();
});

test('two runs from one context do not disturb each other', async () => {
  const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'ok? ' }])]);
  const question = await eventOfType(first, 'InputRequiredEvent');
  const context = await first.context();
  await first.cancel();
  const left = await temporal.run('toolAgent', (request) => says(`said ${String(request.messages.at(-1)?.content)}`), {
    context,
  });
  const right = await temporal.client.run('toolAgent', { context }, { taskQueue: temporal.taskQueue });
  await left.respond(question, 'yes');
  await right.respond(question, 'no');
  expect(await left.result()).toMatchObject({ response: 'said ok?  yes' });
  expect(await right.result()).toMatchObject({ response: 'said ok?  no' });
});

test.each([['a message beside a context in the middle of a turn', { userMsg: 'more' }, /leave userMsg out/]])(
  '%s is refused',
  async (_name, more, message) => {
    const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'ok? ' }])]);
    await eventOfType(first, 'InputRequiredEvent');
    const context = await first.context();
    await first.cancel();
    const second = await temporal.run('toolAgent', [], { context, ...more });
    await expect(second.result()).rejects.toMatchObject({ message: expect.stringMatching(message) });
  },
);
