import { expect, test } from '@jest/globals';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('an answer to a run that a worker has just taken over is judged by what the run asks', async () => {
  const run = await temporal.run('toolAgent', [calls(['ask_later']), says('Done.')]);
  await eventOfType(run, 'ToolCall');
  // Neither the task of this signal nor the one that asks has any effect in the history: a worker takes them for one.
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Mallory' });
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  await temporal.startWorker();
  await run.respond(question, { response: 'yes', user_name: 'Laurie' });
  expect(String(await run.result())).toBe('Done.');
});

test('so is one to a run that asked in its first task', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 3 }, { taskQueue: temporal.taskQueue });
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  await temporal.startWorker();
  await run.respond(question, { approved: false, role: 'manager' });
  expect(await run.result()).toBe('refused by manager');
});

test('so is one that comes with the answer before which its question is not asked', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 3 }, { taskQueue: temporal.taskQueue });
  const first = await eventOfType(run, 'InputRequiredEvent');
  await run.sendEvent({ type: 'HumanResponseEvent/RefundDecision', approved: true, role: 'manager', ...named(first) });
  const second = await eventOfType(run, 'InputRequiredEvent', first.seq);
  await temporal.stopWorker();
  await temporal.startWorker();
  await run.respond(second, { approved: false, role: 'finance' });
  expect(await run.result()).toBe('refused by finance');
});

function named({ inputId = '' }: { readonly inputId?: string }): { inputId: string } {
  return { inputId };
}
