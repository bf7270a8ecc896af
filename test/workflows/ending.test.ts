import { expect, test } from '@jest/globals';
import type { EventsPage, PendingInput, RunStatus } from '../../src/protocol';
import { allEvents, eventOfType, questionsOf, useTemporal } from '../setup/temporal';

const temporal = useTemporal();
const options = { taskQueue: temporal.taskQueue };

/** What anybody sees who asks the run itself, by the queries alone. */
async function seen(workflowId: string): Promise<{ page: EventsPage; status: RunStatus; open: PendingInput[] }> {
  const handle = temporal.client.temporal.workflow.getHandle(workflowId);
  // One after the other: the SDK's core can drop queries that come together while it evicts the ended run.
  const page = await handle.query<EventsPage>('events');
  const status = await handle.query<RunStatus>('status');
  const open = await handle.query<PendingInput[]>('pendingInputs');
  return { page, status, open };
}

test('a hand-written workflow that has returned says so on its stream, once', async () => {
  const run = await temporal.client.run('relay', 0, options);
  await run.respond(await eventOfType(run, 'InputRequiredEvent'), 'go');
  expect(await run.result()).toBe('home');
  const { page, status, open } = await seen(run.workflowId);
  expect([page.done, page.events.at(-1)?.type, status.state, open]).toEqual([true, 'StopEvent', 'completed', []]);
  expect((await allEvents(run)).filter(({ type }) => type.startsWith('StopEvent'))).toHaveLength(1);
});

test('one that failed says with what, and asks nothing any more', async () => {
  const run = await temporal.client.run('impatientWorkflow', {}, options);
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_FAILED' });
  const { page, status } = await seen(run.workflowId);
  expect(page.events.at(-1)).toMatchObject({ type: 'StopEvent/WorkflowFailedEvent', code: 'INPUT_TIMED_OUT' });
  expect([page.done, status.state]).toEqual([true, 'failed']);
});

test('one that was cancelled says so', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 12 }, options);
  await questionsOf(run, 1);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  const { page, status, open } = await seen(run.workflowId);
  expect(page.events.at(-1)?.type).toBe('StopEvent/WorkflowCancelledEvent');
  expect([page.done, status.state, open]).toEqual([true, 'cancelled', []]);
});

test('a question says which fields its answer must and may have', async () => {
  const run = await temporal.client.run('expenseReport', { amount: 12 }, options);
  await eventOfType(run, 'InputRequiredEvent');
  expect(await run.pendingInputs()).toMatchObject([
    {
      expectedFields: [
        { name: 'response', kind: 'string', isOptional: true },
        { name: 'approved', kind: 'boolean' },
      ],
    },
  ]);
  await run.cancel();
});
