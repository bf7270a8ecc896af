import { expect, test } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent } from '../../../src/protocol';
import { PaymentReceived } from '../../fixtures/asking-tools';
import { effects } from '../../fixtures/implementations';
import { eventsNow, eventsReplayed, historyOf, reset } from '../../setup/reset';
import { calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

const YES = { response: 'yes' };
const NO = { response: 'no' };

/** A run whose first question was answered "no" by an update and then "yes" by a signal, which is refused. */
async function answeredNo(name: string): Promise<WorkflowHandler> {
  const replies = [calls(['count_if_yes', { name }]), says('Done.')];
  const run = await temporal.run('toolAgent', ({ messages }) => replies[messages.at(-1)?.role === 'tool' ? 1 : 0]);
  const [question] = await questionsOf(run, 1);
  const inputId = question?.inputId as string;
  await run.respond(inputId, NO);
  await run.sendEvent({ type: 'HumanResponseEvent', inputId, ...YES });
  await eventOfType(run, 'AnswerRefused');
  return run;
}

async function finish({ workflowId }: WorkflowHandler): Promise<string> {
  const run = temporal.client.getHandler(workflowId);
  for (const { inputId } of await run.pendingInputs()) await run.respond(inputId, YES);
  return String(await run.result());
}

async function firstUpdate(run: WorkflowHandler): Promise<number> {
  return (await historyOf(temporal, run)).findIndex((name) => name.startsWith('workflowExecutionUpdateA'));
}

/** The stream is the same for a worker that has just started. */
async function expectKept(run: WorkflowHandler): Promise<readonly AnyEvent[]> {
  const seen = await eventsNow(temporal, run);
  expect(await eventsReplayed(temporal, run)).toEqual(seen);
  return seen;
}

const CONFLICT = expect.objectContaining({ type: 'AnswerRefused', reason: 'conflict' });

test('a "no" that was taken stands after a reset, against the "yes" that was refused, at every worker', async () => {
  const name = crypto.randomUUID();
  const run = await answeredNo(name);
  await reset(temporal, run, await firstUpdate(run));
  expect(await expectKept(run)).toContainEqual(CONFLICT);
  await finish(run);
  expect(effects.get(name)).toBeUndefined();
}, 60_000);

test('so it does when the question is asked again, by the task that asked or from the very beginning, and reset twice', async () => {
  const name = crypto.randomUUID();
  const run = await answeredNo(name);
  const asked = (await historyOf(temporal, run)).indexOf('activityTaskCompletedEventAttributes');
  await reset(temporal, run, asked + 4);
  expect(await expectKept(run)).toContainEqual(CONFLICT);
  await reset(temporal, run, 5);
  await eventOfType(temporal.client.getHandler(run.workflowId), 'AnswerRefused');
  expect(await expectKept(run)).toContainEqual(CONFLICT);
  expect(await finish(run)).toBe('Done.');
  expect(effects.get(name)).toBeUndefined();
  const events = await expectKept(run);
  expect(events.filter(({ type }) => type === 'AnswerRefused')).toHaveLength(1);
}, 60_000);

test('a workflow written by hand, reset to its first task, is given an approval and not the refusal after it', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 7 }, { taskQueue: temporal.taskQueue });
  for (const role of ['manager', 'finance']) {
    const asked = await eventOf(run, (event) => event['role'] === role);
    await run.respond(asked, { role, approved: true });
    const { inputId = '' } = asked;
    await run.sendEvent({ type: 'HumanResponseEvent', inputId, role, approved: false });
    await eventOfType(run, 'AnswerRefused', asked.seq);
  }
  await run.sendEvent(PaymentReceived({ amount: 7 }));
  expect(await run.result()).toBe('paid 7 after 2 approvals');
  await reset(temporal, run, 4);
  expect(await temporal.client.getHandler(run.workflowId).result()).toBe('paid 7 after 2 approvals');
  const events = await expectKept(run);
  expect(events.filter(({ reason }) => reason === 'conflict')).toHaveLength(2);
}, 60_000);

test('a conversation, reset to one of its tasks, has its messages and its end in their order', async () => {
  const options = { userMsg: 'one', conversation: true };
  const run = await temporal.run(
    'toolAgent',
    ({ messages }) => says(`to ${String(messages.at(-1)?.content)}`),
    options,
  );
  for (const text of ['two', 'three', 'four', 'five']) {
    await (text === 'three'
      ? run.sendMessage(text)
      : temporalHandle(run).executeUpdate('sendMessage', { args: [text] }));
  }
  await run.close();
  expect(String(await run.result())).toBe('to five');
  for (const part of [0.6, 0.3, 0]) {
    await reset(temporal, run, Math.max(4, Math.floor(part * (await historyOf(temporal, run)).length)));
    expect(String(await temporal.client.getHandler(run.workflowId).result())).toBe('to five');
    const events = await expectKept(run);
    const said = events.flatMap(({ type, text }) => (type === 'UserMessage' ? [text] : []));
    expect(said).toEqual(['two', 'three', 'four', 'five']);
  }
}, 60_000);

function temporalHandle({ workflowId }: WorkflowHandler): WorkflowHandle {
  return temporal.client.temporal.workflow.getHandle(workflowId);
}
