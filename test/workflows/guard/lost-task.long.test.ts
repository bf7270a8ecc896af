import { expect, test } from '@jest/globals';
import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { AgentClient, type WorkflowHandler } from '../../../src/client';
import { type AnyEvent, type EventsPage, LOST_TASK } from '../../../src/protocol';
import { HeldTask } from '../../setup/held-task';
import { allEvents, calls, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

/** The task that goes on after an answer. */
const held = new HeldTask('"role":"tool"');
/** Of a worker that never holds a copy, and takes one thing at a time. */
const FORGETFUL = { ...held.options, maxCachedWorkflows: 0, maxConcurrentWorkflowTaskExecutions: 1 };
const temporal = useTemporal(FORGETFUL);
const other = useTemporal();

const ANSWER = { type: 'HumanResponseEvent', response: 'yes' };
const LATE = { type: 'HumanResponseEvent', response: 'no' };
const QUESTIONS = [
  calls(['confirm', { question: 'a?' }]),
  calls(['confirm', { question: 'b?' }]),
  says('Done.'),
  says('Done.'),
];
/** That wait for a worker. Which of them the first one takes before the task is up to the server. */
const QUERIES = 8;
/** How long a query waits for the second worker before it is known that it waits for the task. */
const PATIENCE = 2000;

test('what is seen after a task was lost, which a query had shown to the next worker, is what every replay has', async () => {
  const { run, holder, shown } = await shownWhileHeld(async (run, inputId) => {
    await run.sendEvent({ ...ANSWER, inputId });
  });
  expect(shown).toEqual(['ToolCallResult', 'AgentInput']);
  await lose(run, holder);
  expect(await taskFailures(run, 2)).toEqual(['This task is lost.', LOST_TASK]);
  const [, { inputId } = {}] = await questionsOf(run, 2);
  const seen = await eventsOf(run);
  await other.stopWorker();
  await temporal.startWorker(FORGETFUL);
  expect(await eventsOf(run)).toEqual(seen);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
}, 120_000);

test('a watcher is shown what such a task has made when the server has it, and not before', async () => {
  const watchers = new Watchers();
  const { run, holder, shown } = await shownWhileHeld(async (run, inputId) => {
    await watchers.haveAsked();
    await run.sendEvent({ ...ANSWER, inputId });
  }, watchers.watch);
  expect(shown).toEqual(['ToolCallResult', 'AgentInput']);
  await lose(run, holder);
  const [, { inputId } = {}] = await questionsOf(run, 2);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
  await watchers.allHaveSeen(run);
}, 120_000);

test('nor what a query made of a task in which there was an update as well', async () => {
  const watchers = new Watchers();
  const { run, holder, shown } = await shownWhileHeld(
    async (run, inputId) => {
      await watchers.haveAsked();
      await run.sendEvent({ ...ANSWER, inputId });
      await sendUpdate(run, 'sendMessage', { text: 'And then?' });
    },
    watchers.watch,
    true,
  );
  expect(shown).toEqual(['ToolCallResult', 'AgentInput']);
  const stopped = temporal.stopWorker(holder);
  held.release();
  await stopped;
  const [, { inputId } = {}] = await questionsOf(run, 2);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  await run.close();
  await run.result();
  expect((await allEvents(run)).map(({ type }) => type)).toContain('UserMessage');
  await watchers.allHaveSeen(run);
}, 120_000);

test('a run goes on after an update was taken in such a task, of which the copy knows nothing and fails once', async () => {
  const { run, holder } = await shownWhileHeld(async (run, inputId) => {
    await run.sendEvent({ ...LATE, inputId: 'nobody' });
    await sendUpdate(run, 'respond', { ...ANSWER, inputId });
  });
  const stopped = temporal.stopWorker(holder);
  held.release();
  await stopped;
  const [, { inputId } = {}] = await questionsOf(run, 2);
  await run.sendEvent({ ...ANSWER, inputId: inputId as string });
  expect(String(await run.result())).toBe('Done.');
  // None, where the copy has failed in a query before.
  const [failure = '', ...others] = await taskFailures(run, 0);
  expect(failure).toMatch(/^$|^\[TMPRL1100\].*WorkflowExecutionUpdateAccepted/);
  expect(others).toEqual([]);
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
async function shownWhileHeld(
  send: (run: WorkflowHandler, inputId: string) => Promise<void>,
  ask: (run: WorkflowHandler) => Promise<EventsPage['events']> = eventsOf,
  conversation = false,
): Promise<Shown> {
  for (;;) {
    await Promise.all([temporal.stopWorker(), other.stopWorker()]);
    await temporal.startWorker(FORGETFUL);
    const userMsg = crypto.randomUUID();
    const run = await temporal.run('toolAgent', QUESTIONS, { userMsg, conversation });
    const { inputId, seq = 0 } = await eventOfType(run, 'InputRequiredEvent');
    await temporal.stopWorker();
    let isHeld = false;
    const queries = Array.from({ length: QUERIES }, async () => {
      const events = await ask(run).catch(() => []);
      return isHeld ? events.filter((event) => (event.seq ?? 0) > seq).map(({ type }) => type) : [];
    });
    await send(run, inputId as string);
    const reached = held.hold(userMsg);
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
  }
}

/** The task is lost, after something more has come. */
async function lose(run: WorkflowHandler, holder: Worker): Promise<void> {
  await run.sendEvent({ ...LATE, inputId: 'nobody' });
  const stopped = temporal.stopWorker(holder);
  held.lose();
  await stopped;
}

/** What so many workflow tasks failed with. */
async function taskFailures(run: WorkflowHandler, count: number): Promise<readonly string[]> {
  for (;;) {
    const { events } = await temporalHandle(run).fetchHistory();
    const failed = events?.flatMap(({ workflowTaskFailedEventAttributes: task }) => task?.failure?.message ?? []) ?? [];
    if (failed.length >= count) return failed;
  }
}

/** People who watch a run, each with a client of their own. */
class Watchers {
  readonly #asked: Promise<void>[] = [];
  readonly #seen: { readonly workflowId: string; readonly events: Promise<readonly AnyEvent[]> }[] = [];

  /** One more. @returns The first page that it is given of which not all is settled. */
  readonly watch = async ({ workflowId }: WorkflowHandler): Promise<EventsPage['events']> => {
    const { connection } = temporal.client.temporal;
    return await new Promise((resolve) => {
      let ask: () => void = () => undefined;
      this.#asked.push(new Promise<void>((asked) => (ask = asked)));
      const query: WorkflowClientInterceptor['query'] = async (input, next) => {
        const asked = next(input);
        ask();
        const page = (await asked) as EventsPage;
        if (page.unsettled !== undefined) resolve(page.events);
        return page;
      };
      const client = new AgentClient(new Client({ connection, interceptors: { workflow: [{ query }] } }));
      this.#seen.push({ workflowId, events: allEvents(client.getHandler(workflowId)) });
    });
  };

  async haveAsked(): Promise<void> {
    await Promise.all(this.#asked);
  }

  async allHaveSeen(run: WorkflowHandler): Promise<void> {
    const events = await allEvents(run);
    const streams = this.#seen.filter(({ workflowId }) => workflowId === run.workflowId);
    for (const seen of await Promise.all(streams.map((stream) => stream.events))) expect(seen).toEqual(events);
  }
}

/** Send an update, and wait until the server has it. */
async function sendUpdate(run: WorkflowHandler, name: string, sent: object): Promise<void> {
  const updateId = crypto.randomUUID();
  // Of a run that is given up it is told so.
  void temporalHandle(run)
    .executeUpdate(name, { args: [sent], updateId })
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
