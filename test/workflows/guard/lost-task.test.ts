import { expect, test } from '@jest/globals';
import type { Worker } from '@temporalio/worker';
import type { ActivateInput } from '@temporalio/workflow';
import type { WorkflowHandler } from '../../../src/client';
import type { EventsPage } from '../../../src/protocol';
import { forgettingLostTasks } from '../../../src/workflows/guard/lost-task';
import { HeldTask } from '../../setup/held-task';
import { calls, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

/** The task that goes on after an answer. */
const held = new HeldTask('"role":"tool"');
/** Of a worker that never holds a copy, and takes one thing at a time. */
const FORGETFUL = { ...held.options, maxCachedWorkflows: 0, maxConcurrentWorkflowTaskExecutions: 1 };
const temporal = useTemporal(FORGETFUL);
const other = useTemporal();

const ANSWER = { type: 'HumanResponseEvent', response: 'yes' };
const LATE = { type: 'HumanResponseEvent', response: 'no' };
const QUESTIONS = [calls(['confirm', { question: 'a?' }]), calls(['confirm', { question: 'b?' }]), says('Done.')];
/** That wait for a worker. Which of them the first one takes before the task is up to the server. */
const QUERIES = 8;
/** How long a query waits for the second worker before it is known that it waits for the task. */
const PATIENCE = 2000;

interface Given {
  readonly at: number;
  readonly jobs?: readonly object[];
  readonly isReplaying?: boolean;
  readonly commands?: readonly object[];
}

/** One copy of a run: gives it tasks. */
function copyOfRun(): (given: Given) => void {
  const { activate, concludeActivation } = forgettingLostTasks();
  return ({
    at,
    jobs = [{ signalWorkflow: {} }],
    isReplaying = false,
    commands = [{ scheduleActivity: { seq: 1 } }],
  }) => {
    const activation = { historyLength: at, isReplaying, jobs };
    activate?.({ activation, batchIndex: 0 } as unknown as ActivateInput, () => undefined);
    concludeActivation?.({ commands: [...commands] }, (input) => input);
  };
}

const QUERY = { jobs: [{ queryWorkflow: {} }], commands: [] };
const COMPLETED = { resolveActivity: { result: { completed: {} } } };

test.each([
  ['a signal', [{ signalWorkflow: {} }], 1],
  ['two signals and a timer', [{ signalWorkflow: {} }, { signalWorkflow: {} }, { fireTimer: {} }], 3],
  ['an activity', [COMPLETED], 2],
  ['an update', [{ doUpdate: {} }], 0],
  ['a cancellation', [{ cancelWorkflow: {} }], 1],
])('a task that came with %s after one whose effect is nowhere in the history fails', (_name, jobs, events) => {
  for (const commands of [[{ scheduleActivity: { seq: 1 } }], [{ setPatchMarker: { patchId: 'a' } }]]) {
    const give = copyOfRun();
    give({ at: 10, commands });
    give({ at: 10, ...QUERY });
    expect(() => give({ at: 10 + 1 + events + 2, jobs })).toThrow('was lost at another one');
    const next = copyOfRun();
    next({ at: 10, commands });
    next({ at: 10 + 1 + 1 + events + 2, jobs });
  }
});

test('one after a task without effect is given, and after a replayed one, and all that belongs to one task', () => {
  const quiet = copyOfRun();
  quiet({ at: 10, commands: [{ startTimer: { seq: 1 } }, { cancelTimer: { seq: 1 } }] });
  quiet({ at: 14 });
  const replayed = copyOfRun();
  replayed({ at: 10, isReplaying: true });
  replayed({ at: 14 });
  const give = copyOfRun();
  give({ at: 10 });
  give({ at: 10, jobs: [{ resolveActivity: { isLocal: true, result: { completed: {} } } }] });
  // Taken back, as the task of a refused update is.
  give({ at: 8 });
});

test('what is seen after a task was lost, which a query had shown to the next worker, is what every replay has', async () => {
  const { run, holder, shown } = await shownWhileHeld(async (run, inputId) => {
    await run.sendEvent({ ...ANSWER, inputId });
  });
  expect(shown).toEqual(['ToolCallResult', 'AgentInput']);
  await run.sendEvent({ ...LATE, inputId: 'nobody' });
  const stopped = temporal.stopWorker(holder);
  held.lose();
  await stopped;
  const [, { inputId } = {}] = await questionsOf(run, 2);
  const seen = await eventsOf(run);
  await other.stopWorker();
  await temporal.startWorker(FORGETFUL);
  expect(await eventsOf(run)).toEqual(seen);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
}, 120_000);

test('an update that was taken in such a task makes the next one fail once, and the run goes on', async () => {
  const { run, holder } = await shownWhileHeld(async (run, inputId) => {
    await run.sendEvent({ ...LATE, inputId: 'nobody' });
    await sendUpdate(run, { ...ANSWER, inputId });
  });
  const stopped = temporal.stopWorker(holder);
  held.release();
  await stopped;
  const [, { inputId } = {}] = await questionsOf(run, 2);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
  const { events } = await temporalHandle(run).fetchHistory();
  const failures = events?.flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
  expect(failures).toEqual([expect.stringMatching(/^\[TMPRL1100\].*WorkflowExecutionUpdateAccepted/)]);
}, 120_000);

interface Shown {
  readonly run: WorkflowHandler;
  /** The worker that holds the task. */
  readonly holder: Worker;
  /** The events that the task makes, as the second worker has shown them to a query. */
  readonly shown: readonly string[];
}

/**
 * A run with a task that is held at one worker, and that a query has shown at a second one.
 *
 * Queries wait for a worker before there is a task. The first worker can take all of them before the task: then this is
 * tried again.
 */
async function shownWhileHeld(send: (run: WorkflowHandler, inputId: string) => Promise<void>): Promise<Shown> {
  for (;;) {
    const run = await temporal.run('toolAgent', QUESTIONS);
    const { inputId, seq = 0 } = await eventOfType(run, 'InputRequiredEvent');
    await temporal.stopWorker();
    let isHeld = false;
    const queries = Array.from({ length: QUERIES }, async () => {
      const events = await eventsOf(run).catch(() => []);
      return isHeld ? events.filter((event) => (event.seq ?? 0) > seq).map(({ type }) => type) : [];
    });
    await send(run, inputId as string);
    const reached = held.hold();
    const holder = await temporal.startWorker(FORGETFUL);
    await reached;
    isHeld = true;
    await other.startWorker({ taskQueue: temporal.taskQueue, openai: temporal.openai });
    const patience = new Promise<never>((_resolve, reject) => setTimeout(reject, PATIENCE).unref());
    const shownOnes = queries.map(async (query) => ((await query).length > 0 ? await query : await patience));
    const shown = await Promise.race([Promise.any(shownOnes), patience]).catch(() => undefined);
    if (shown !== undefined) return { run, holder, shown };
    held.release();
    await temporalHandle(run).terminate('The queries were answered before.');
    await other.stopWorker();
  }
}

/** Send an update, and wait until the server has it. */
async function sendUpdate(run: WorkflowHandler, answer: object): Promise<void> {
  const updateId = crypto.randomUUID();
  // Of a run that is given up it is told so.
  void temporalHandle(run)
    .executeUpdate('respond', { args: [answer], updateId })
    .catch(() => undefined);
  const updateRef = { workflowExecution: { workflowId: run.workflowId }, updateId };
  const { workflowService } = temporal.client.temporal;
  for (let isKnown = false; !isKnown; ) {
    const asked = workflowService.pollWorkflowExecutionUpdate({ namespace: 'default', updateRef });
    isKnown = await asked.then(
      () => true,
      () => false,
    );
  }
}

async function eventsOf(run: WorkflowHandler): Promise<EventsPage['events']> {
  return (await temporalHandle(run).query<EventsPage>('events')).events;
}

function temporalHandle({ workflowId }: WorkflowHandler) {
  return temporal.client.temporal.workflow.getHandle(workflowId);
}
