import { expect, test } from '@jest/globals';
import type { AnyEvent } from '../../../src/protocol';
import { HeldTask } from '../../setup/held-task';
import { allEvents, calls, eventOf, eventOfType, says, useTemporal } from '../../setup/temporal';

/** The task in which an update is refused. */
const refusal = new HeldTask('"reason":"not_waiting"');
const temporal = useTemporal(refusal.options);
/** Of a worker for which a task waits as for any other, and that replays the run each time. */
const FORGETFUL = { maxCachedWorkflows: 0 };
const forgetful = useTemporal(FORGETFUL);

const WRONG = { type: 'HumanResponseEvent', response: 'yes', user_name: 'Mallory' };
/** As Temporal records a choice between old code and new. */
const MARKER = ['markerRecordedEventAttributes', 'upsertWorkflowSearchAttributesEventAttributes'];
const RIGHT = { type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' };

test('every second of the tasks that command nothing leaves a trace in the history, and only those', async () => {
  const run = await temporal.run('toolAgent', [calls(['ask_later']), says('Done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  expect(await traces(run.workflowId)).toEqual([]);
  let { seq = -1 } = await eventOfType(run, 'InputRequiredEvent');
  const found: (readonly string[])[] = [];
  for (let times = 1; times <= 5; times += 1) {
    await run.sendEvent(WRONG);
    ({ seq = -1 } = await eventOf(run, ({ type }) => type.startsWith('AnswerRefused'), seq));
    found.push(await traces(run.workflowId));
  }
  const twice = [...MARKER, ...MARKER];
  expect(found).toEqual([MARKER, MARKER, twice, twice, [...twice, ...MARKER]]);
  await run.sendEvent(RIGHT);
  expect(String(await run.result())).toBe('Done.');
}, 60_000);

test('so does one after an update that was refused while more came, as only the history then knows of its task', async () => {
  const run = await temporal.run('toolAgent', [calls(['ask_later']), says('Done.')]);
  await eventOfType(run, 'ToolCall');
  const held = refusal.hold();
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const refused = handle.executeUpdate('respond', { args: [{ ...WRONG, inputId: 'nobody' }] });
  await Promise.all([held, refused.catch(() => undefined), held.then(() => whileHeld())]);
  await eventOfType(run, 'AnswerRefused');
  expect(await traces(run.workflowId)).toEqual(MARKER);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  await run.sendEvent({ ...RIGHT, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');

  async function whileHeld(): Promise<void> {
    await run.sendEvent(WRONG);
    refusal.release();
  }
}, 60_000);

test('so does one after an activity was cancelled, as its end comes in a task that no code is told of', async () => {
  const never = new Promise(() => undefined);
  const run = await temporal.run(
    'headAgent',
    ({ messages }) => {
      const [{ content: prompt } = {}] = messages;
      if (messages.at(-1)?.role === 'tool') return says('Done.');
      if (prompt === 'You are the head.') return calls(['office', { request: 'Hurry.' }]);
      return prompt === 'You are the office.' ? calls(['impatient']) : { content: 'Too late.', hold: never };
    },
    { userMsg: 'Go.', conversation: true },
  );
  await eventOfType(run, 'TurnEnded');
  expect(await traces(run.workflowId)).toEqual(MARKER);
  await run.close();
  expect(String(await run.result())).toBe('Done.');
}, 60_000);

test('a workflow that opens no context is left alone', async () => {
  const { workflow } = temporal.client.temporal;
  const handle = await workflow.start('deafWorkflow', {
    taskQueue: temporal.taskQueue,
    workflowId: crypto.randomUUID(),
  });
  while ((await handle.describe()).historyLength < 4);
  for (const length of [8, 12]) {
    await handle.signal('anything');
    while ((await handle.describe()).historyLength < length);
  }
  expect(await traces(handle.workflowId)).toEqual([]);
  await handle.cancel();
}, 60_000);

test('what a watcher saw stays, when an answer meets an update that is refused and another worker takes the run over', async () => {
  const run = await forgetful.run('toolAgent', [calls(['ask_later']), says('Done.')]);
  await eventOfType(run, 'ToolCall');
  // Neither the task of this signal nor the one that asks commands anything of its own.
  await run.sendEvent(WRONG);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  const handle = forgetful.client.temporal.workflow.getHandle(run.workflowId);
  const { events: seen } = await handle.query<{ readonly events: readonly AnyEvent[] }>('events');
  await forgetful.stopWorker();
  const refused = handle.executeUpdate('respond', { args: [{ ...WRONG, inputId }] });
  // For the update the server has a task at once, of which the history says nothing; with the answer it does.
  while ((await handle.describe()).raw.pendingWorkflowTask == null);
  await run.sendEvent({ ...RIGHT, inputId: inputId as string });
  await forgetful.startWorker(FORGETFUL);
  await expect(refused).rejects.toMatchObject({ cause: { details: [{ reason: 'conflict' }] } });
  expect(String(await run.result())).toBe('Done.');
  expect((await allEvents(run)).slice(0, seen.length)).toEqual(seen);
}, 60_000);

test('so does one whose worker has just taken the run over, as it cannot know; the runs are replayed with it and without', async () => {
  const run = await forgetful.run('toolAgent', [calls(['ask_later']), says('Done.')]);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  await run.sendEvent({ ...RIGHT, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
  expect(await traces(run.workflowId)).toEqual(MARKER);
}, 60_000);

/** The events without effect, by the names of what they hold. */
async function traces(workflowId: string): Promise<readonly string[]> {
  const { events } = await temporal.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => Object.keys(event).filter((name) => /^(marker|upsert)/.test(name)));
}
