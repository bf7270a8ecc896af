import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RunInput } from '../../src/protocol';
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
  ['with a field nobody knows', { version: 1, workflow: 'toolAgent', messages: [], state: {}, more: 1 }, /more/],
  [
    'with a call that was never answered',
    {
      version: 1,
      workflow: 'toolAgent',
      state: {},
      messages: [{ role: 'assistant', content: '', toolCalls: [{ id: 'c', name: 'x', args: {} }] }],
    },
    /"c" has no tool message/,
  ],
  ['of another workflow', { version: 2, workflow: 'other', messages: [], state: {} }, /of the workflow "other"/],
  [
    'with a question that nobody asked',
    {
      version: 2,
      workflow: 'toolAgent',
      messages: [],
      state: {},
      questions: [{ inputId: 'q', askedAt: '2026-01-01T00:00:00.000Z', asker: { callId: '0.0', agents: [] } }],
    },
    /no open call has asked its question "q"/,
  ],
  ['of an agent that is not there', { version: 1, workflow: 'toolAgent', agent: 'Z', messages: [], state: {} }, /"Z"/],
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

test('a chat history replaces that of a context, and nothing else of it', async () => {
  const first = await temporal.run('statefulAgent', [calls(['note', { text: 'hi' }]), says('Noted.')], 'first');
  await first.result();
  const chatHistory = [{ role: 'user' as const, content: 'Instead.' }];
  const second = await temporal.run('statefulAgent', [says('Yes.')], { context: await first.context(), chatHistory });
  await second.result();
  const [{ messages } = { messages: [] }] = temporal.requests;
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(messages[1]?.content).toMatch(/"note": "hi"[\s\S]*Instead\./);
});

test('what a tool does to the values it was given does not change what is told again elsewhere', async () => {
  const first = await temporal.run('toolAgent', [calls(['one_by_one'])]);
  await eventOfType(first, 'ToolCall');
  await first.sendEvent({ type: 'HumanResponseEvent', response: '', items: ['a', 'b'] });
  const a = await eventOf(first, ({ prefix }) => prefix === 'a? ');
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('Done.')], { context });
  await second.respond(a, 'yes');
  await second.respond(await eventOf(second, ({ prefix }) => prefix === 'b? '), 'no');
  await second.result();
  expect(temporal.requests[0]?.messages.at(-1)?.content).toBe('["a yes","b no"]');
});

test('a context taken while the last word is asked for asks for the last word', async () => {
  const requested = temporal.model.requests.length + 2;
  const limits = { maxIterations: 1, earlyStoppingMethod: 'generate' as const };
  const add = calls(['add', { a: 1, b: 1 }]);
  const lost = { content: 'lost', hold: new Promise(() => undefined) };
  const first = await temporal.run('toolAgent', [add, lost], { userMsg: 'Go.', ...limits });
  await temporal.model.whenRequested(requested);
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('My best.')], { context });
  expect(String(await second.result())).toBe('My best.');
  expect(temporal.requests).toHaveLength(1);
  expect(temporal.requests[0]?.tools).toBeUndefined();
});

test('what was settled, kept and early is carried: an answer sent again elsewhere is still known', async () => {
  const first = await temporal.run('toolAgent', [calls(['twice'], ['doze']), says('never asked here')]);
  const name = await eventOf(first, ({ prefix }) => prefix === 'name? ');
  await first.respond(name, { response: 'Ann', answerId: 'a1' });
  const kept = await eventOf(first, ({ prefix }) => prefix === 'Awake? ');
  expect(await first.respond(kept, 'soon')).toMatchObject({ isKept: true });
  await first.sendEvent({ type: 'PaymentReceived', amount: 12 });
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  await first.cancel();

  const second = await temporal.run('toolAgent', [says('Done.')], { context });
  const age = (await second.pendingInputs()).find(({ event }) => event?.['prefix'] === 'age? ');
  const refused = async (answer: { response: string; answerId?: string }): Promise<unknown> =>
    await second.respond(name, answer).then(
      () => 'taken',
      (error: { details: { reason: string } }) => error.details.reason,
    );
  expect(await refused({ response: 'Ann', answerId: 'a1' })).toBe('duplicate');
  expect(await refused({ response: 'x', answerId: 'a1' })).toBe('conflict');
  expect(await refused({ response: 'Ann' })).toBe('duplicate');
  expect(await refused({ response: 'Bob' })).toBe('conflict');
  expect(await second.context()).toMatchObject({ early: [{ type: 'PaymentReceived', amount: 12 }] });
  await second.respond(age as { inputId: string }, '42');
  expect(String(await second.result())).toBe('Done.');
  const outputs = temporal.requests[0]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  expect(outputs).toEqual(['Ann is 42', 'soon']);
});

test('a context that the first release wrote is upgraded, and goes on', async () => {
  const context: unknown = JSON.parse(readFileSync(join(__dirname, 'contexts/version-1.json'), 'utf8'));
  const run = await temporal.run('toolAgent', [says('Done.')], { context });
  const [question] = await run.pendingInputs();
  expect(question).toMatchObject({ event: { prefix: 'age? ' }, isWaiting: true });
  await run.respond(question as { inputId: string }, '42');
  expect(String(await run.result())).toBe('Done.');
  expect(temporal.requests[0]?.messages.at(-2)).toMatchObject({ role: 'tool', content: 'Ann is 42' });
  expect(await run.context()).toMatchObject({ version: 3 });
});

test('a context of version 2 goes on in the agents that its tools run', async () => {
  const context: unknown = JSON.parse(readFileSync(join(__dirname, 'contexts/version-2.json'), 'utf8'));
  const run = await temporal.run('headAgent', [says('Asked.'), says('The clerk asked.'), says('Done.')], { context });
  const [question] = await run.pendingInputs();
  expect(question).toMatchObject({ event: { prefix: 'really? ' }, isWaiting: true });
  expect(await run.context()).toMatchObject({ version: 3, early: [{ type: 'PaymentReceived' }] });
  await run.respond(question as { inputId: string }, 'yes');
  expect(String(await run.result())).toBe('Done.');
});

test('a context taken while the outcome as data is made asks for that alone', async () => {
  const requested = temporal.model.requests.length + 2;
  const first = await temporal.run('personAgent', [
    says('Ann is 42.'),
    { content: 'x', hold: new Promise(() => undefined) },
  ]);
  await temporal.model.whenRequested(requested);
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('personAgent', [says('{"name":"Ann","age":42}')], { context });
  expect(await second.result()).toMatchObject({
    response: 'Ann is 42.',
    structuredResponse: { name: 'Ann', age: 42 },
  });
  expect(temporal.requests).toHaveLength(1);
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

test.each<[string, RunInput]>([
  ['a message', { userMsg: 'more' }],
  ['a history', { chatHistory: [{ role: 'user', content: 'more' }] }],
])('%s beside a context in the middle of a turn is refused', async (_name, more) => {
  const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'ok? ' }])]);
  await eventOfType(first, 'InputRequiredEvent');
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('toolAgent', [], { context, ...more });
  await expect(second.result()).rejects.toMatchObject({
    message: expect.stringContaining('leave userMsg and chatHistory out'),
    details: { cause: 'INVALID_INPUT' },
  });
});
