import { expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { effects, sentEmails, slowCalls, whenSlowCalls } from '../../fixtures/implementations';
import { allEvents, calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

test('an answer that names a question before the wait begins is kept for it, and the body runs once', async () => {
  const key = crypto.randomUUID();
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['ask_after_effect', { key }]), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await whenSlowCalls(before + 1);
  expect(await run.pendingInputs()).toMatchObject([{ isWaiting: false, inputId: question.inputId }]);
  await run.respond(question, { response: 'yes', user_name: 'Laurie' });
  await expect(run.respond(question, { response: 'yes', user_name: 'Laurie' })).rejects.toMatchObject({
    details: { reason: 'duplicate' },
  });
  await expect(run.respond(question, { response: 'yes', user_name: 'Mallory' })).rejects.toMatchObject({
    details: { reason: 'not_waiting' },
  });
  expect(await run.respond(question, { response: 'no', user_name: 'Laurie' })).toMatchObject({ isKept: true });
  slowCalls.at(-1)?.finish();
  expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'true yes', isError: false });
  await run.result();
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'conflict' });
  expect([effects.get(`${key}:before`), effects.get(`${key}:after`)]).toEqual([1, 1]);
});

test('a kept answer that does not meet the requirements is refused when the wait begins, and the question stays open', async () => {
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['ask_after_effect', { key: crypto.randomUUID() }]), says('.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await run.respond(question, { response: 'yes' });
  await whenSlowCalls(before + 1);
  slowCalls.at(-1)?.finish();
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'not_waiting', open: [question.inputId] });
  await run.respond(question, { response: 'yes', user_name: 'Laurie' });
  await run.result();
});

test('an activity tool is retried with the same idempotency key, which no other call has', async () => {
  const before = sentEmails.length;
  const run = await temporal.run('toolAgent', [
    calls(['send_email', { to: 'a' }], ['send_email', { to: 'b' }]),
    says('.'),
  ]);
  await run.result();
  const sent = sentEmails.slice(before);
  const keys = [...new Set(sent.map(({ key }) => key))];
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(sent.filter((mail) => mail.key === key).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  }
});

test('a hand-written workflow asks, is answered, takes early events and keeps a store', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 12 }, { taskQueue: temporal.taskQueue });
  const [manager] = await questionsOf(run, 1);
  await run.sendEvent({ type: 'PaymentReceived', amount: 99 });
  await run.sendEvent({ type: 'PaymentReceived', amount: 12 });
  await expect(run.respond({}, { approved: true, role: 'finance' })).rejects.toMatchObject({
    details: { reason: 'not_waiting' },
  });
  await run.respond(manager as { inputId: string }, { approved: true, role: 'manager' });
  const finance = await eventOf(run, ({ role }) => role === 'finance');
  await run.respond(finance, { approved: true, role: 'finance' });
  expect(await run.result()).toBe('paid 12 after 2 approvals');
  expect((await allEvents(run)).map(({ type }) => type)).toEqual([
    'InputRequiredEvent',
    'InputRequiredEvent',
    'StopEvent',
  ]);
});

test('early events are kept up to a limit, and refused beyond it', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 12 }, { taskQueue: temporal.taskQueue });
  await questionsOf(run, 1);
  for (let amount = 100; amount < 200; amount += 1) await run.sendEvent({ type: 'PaymentReceived', amount });
  await run.sendEvent({ type: 'PaymentReceived', amount: 200 });
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({
    reason: 'not_waiting',
    message: expect.stringContaining('100'),
  });
  await run.cancel();
});

test('an answer kept for a question that is given up is given back on the stream', async () => {
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['ask_after_effect', { key: crypto.randomUUID() }]), says('.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await run.respond(question, { response: 'yes', user_name: 'Laurie' });
  await whenSlowCalls(before + 1);
  slowCalls.at(-1)?.fail(new Error('the work failed'));
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'not_waiting', inputId: question.inputId });
  await run.result();
});

test('an event sent twice under one answerId before any wait is one event', async () => {
  const run = await temporal.client.run('twoPayments', {}, { taskQueue: temporal.taskQueue });
  for (const answerId of ['w1', 'w1', 'w2']) await run.sendEvent({ type: 'PaymentReceived', amount: 5, answerId });
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'go' });
  expect(await run.result()).toEqual(['w1', 'w2']);
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'duplicate', answerId: 'w1' });
});

test('an AgentError that leaves a hand-written workflow fails it, with its code', async () => {
  const run = await temporal.client.run('impatientWorkflow', {}, { taskQueue: temporal.taskQueue });
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_FAILED', details: { cause: 'INPUT_TIMED_OUT' } });
});

test('an answer to an earlier run of the same workflow id answers nothing in a later one', async () => {
  const options = { workflowId: `again-${crypto.randomUUID()}` };
  const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'delete? ' }])], 'Go.', options);
  const old = await eventOfType(first, 'InputRequiredEvent');
  await first.cancel();
  await expect(first.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  const second = await temporal.run(
    'toolAgent',
    [calls(['confirm', { question: 'pay? ' }]), says('.')],
    'Go.',
    options,
  );
  const open = await eventOfType(second, 'InputRequiredEvent');
  await expect(second.respond(old, 'yes')).rejects.toMatchObject({
    details: { reason: 'not_waiting', open: [open.inputId] },
  });
  await second.respond(open, 'no');
  await second.result();
});

test('what a tool changes afterwards changes nothing that the run has kept', async () => {
  const run = await temporal.run('toolAgent', [calls(['meddler', { items: ['a'] }]), says('.')]);
  await run.result();
  const events = await allEvents(run);
  expect(events.filter(({ type }) => type === 'Progress').map((event) => event['steps'])).toEqual([
    [],
    ['a'],
    ['a', 'b'],
  ]);
  expect(events.find(({ type }) => type === 'ToolCall')).toMatchObject({ toolKwargs: { items: ['a'] } });
  expect(temporal.requests[1]?.messages[1]?.tool_calls?.[0]?.function.arguments).toBe('{"items":["a"]}');
});

test.each<[string, object, RegExp]>([
  ['an output that is small as text and large as JSON', { what: 'control' }, /larger than 1048576 bytes/],
  ['arguments of an activity tool that are too large', { what: 'arguments' }, /cannot be sent/],
  ['a store that grows too large', { what: 'store' }, /store larger than/],
  ['a failure with a very long message', { what: 'failure' }, /^x{1000}/],
  ['a schema that throws', { what: 'schema' }, /schema failed/],
])('%s is a tool error', async (_name, args, message) => {
  const run = await temporal.run('toolAgent', [calls(['excess', args]), says('Sorry.')]);
  const result = await eventOfType(run, 'ToolCallResult');
  expect(result).toMatchObject({ isError: true, toolOutput: expect.stringMatching(message) });
  expect(String(await run.result())).toBe('Sorry.');
});

test('arguments as deep as they may be, and more calls than may run, do not break a run', async () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const many = Array.from({ length: 120 }, (_item, nth) => ['add', { a: nth, b: 1 }, `c${nth}`] as const);
  const run = await temporal.run('toolAgent', [calls(['gives', deep(63) as object], ...many), says('Sorry.')]);
  expect(String(await run.result())).toBe('Sorry.');
  const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  expect(results.filter(({ toolOutput }) => /at most 100 tools/.test(toolOutput as string))).toHaveLength(21);
});

test('a tool with a task queue is served by any worker there, and what that gives is checked', async () => {
  const keys: string[] = [];
  const remote = async ({ args, idempotencyKey }: { args: { how: string }; idempotencyKey: string }) => {
    keys.push(idempotencyKey);
    if (args.how === 'fails') throw new Error('not there');
    if (args.how === 'oddly') return { lost: 1 };
    return args.how === 'well' ? { found: 7 } : (JSON.parse('{"found":7,"__proto__":1}') as object);
  };
  const elsewhere = await Worker.create({
    connection: temporal.connection,
    taskQueue: 'countersign-test-elsewhere',
    activities: { 'tool:remote': remote },
  });
  const outputs = await elsewhere.runUntil(async () => {
    const run = await temporal.run('toolAgent', [
      calls(
        ['remote', { how: 'well' }],
        ['remote', { how: 'badly' }],
        ['remote', { how: 'oddly' }],
        ['remote', { how: 'fails' }],
      ),
      says('Done.'),
    ]);
    await run.result();
    return temporal.requests
      .at(-1)
      ?.messages.slice(-4)
      .map(({ content }) => content);
  });
  expect(outputs).toEqual([
    '{"found":7}',
    expect.stringMatching(/gave a result that cannot be used: .*"__proto__"/),
    expect.stringMatching(/gave a result that cannot be used: .*"found"/),
    'not there',
  ]);
  expect(new Set(keys).size).toBe(4);
});
