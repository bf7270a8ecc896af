import { expect, test } from '@jest/globals';
import { effects, sentEmails, slowCalls, whenSlowCalls } from '../fixtures/implementations';
import { allEvents, calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('an answer that names a question before the wait begins is kept for it, and the body runs once', async () => {
  const key = crypto.randomUUID();
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['ask_after_effect', { key }]), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await whenSlowCalls(before + 1);
  expect(await run.pendingInputs()).toMatchObject([{ isWaiting: false, inputId: question.inputId }]);
  await run.respond(question, { response: 'yes', user_name: 'Laurie' });
  await expect(run.respond(question, { response: 'no', user_name: 'Laurie' })).rejects.toMatchObject({
    details: { reason: 'conflict' },
  });
  slowCalls.at(-1)?.finish();
  expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'true yes', isError: false });
  await run.result();
  expect([effects.get(`${key}:before`), effects.get(`${key}:after`)]).toEqual([1, 1]);
});

test('a kept answer that does not meet the requirements is refused when the wait begins, and the question stays open', async () => {
  const before = slowCalls.length;
  const run = await temporal.run('toolAgent', [calls(['ask_after_effect', { key: crypto.randomUUID() }]), says('.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await run.respond(question, { response: 'yes', user_name: 'Mallory' });
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
  expect((await allEvents(run)).map(({ type }) => type)).toEqual(['InputRequiredEvent', 'InputRequiredEvent', 'StopEvent']);
});

test('early events are kept up to a limit, and refused beyond it', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 12 }, { taskQueue: temporal.taskQueue });
  await questionsOf(run, 1);
  for (let amount = 100; amount < 200; amount += 1) await run.sendEvent({ type: 'PaymentReceived', amount });
  await run.sendEvent({ type: 'PaymentReceived', amount: 200 });
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'not_waiting', message: expect.stringContaining('100') });
  await run.cancel();
});
