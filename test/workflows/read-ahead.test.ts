import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { ActivateInput } from '@temporalio/workflow';
import { AgentClient } from '../../src/client';
import type { EventsPage } from '../../src/protocol';
import { startScriptedModel } from '../../src/testing';
import { withoutReadingAhead } from '../../src/workflows/read-ahead';
import { allEvents, eventOfType } from '../setup/temporal';

const root = join(__dirname, '../..');
const stops: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

/** One run of a worker: gives it a task, and says whether its code was given the news. */
function copyOfRun(
  spoil = (): void => undefined,
): (task: { begun: number; length: number; job?: string; isReplaying?: boolean }) => boolean {
  const { activate } = withoutReadingAhead(spoil);
  return ({ begun, length, job = 'signalWorkflow', isReplaying = false }) => {
    let isGiven = false;
    const activation = { timestamp: { seconds: begun, nanos: 0 }, historySizeBytes: begun, historyLength: length };
    const input = { activation: { ...activation, isReplaying, jobs: [{ [job]: {} }] }, batchIndex: 0 };
    activate?.(input as unknown as ActivateInput, () => void (isGiven = true));
    return isGiven;
  };
}

test('news that no workflow task has brought are left out, queries are answered, and the next task must fail', () => {
  let spoiled = 0;
  const give = copyOfRun(() => void (spoiled += 1));
  expect(give({ begun: 1, length: 3 })).toBe(true);
  expect(give({ begun: 1, length: 5 })).toBe(false);
  expect(give({ begun: 1, length: 5, job: 'resolveActivity' })).toBe(false);
  expect(give({ begun: 1, length: 5, job: 'queryWorkflow' })).toBe(true);
  expect(give({ begun: 1, length: 6 })).toBe(false);
  expect(spoiled).toBe(1);
  expect(() => give({ begun: 2, length: 7 })).toThrow('Nothing is lost');
});

test('tasks one after the other are given, and so is all of one task, and a replay', () => {
  const give = copyOfRun();
  expect(give({ begun: 1, length: 3 })).toBe(true);
  expect(give({ begun: 2, length: 7 })).toBe(true);
  expect(give({ begun: 2, length: 7, job: 'resolveActivity' })).toBe(true);
  expect(give({ begun: 3, length: 9, job: 'queryWorkflow' })).toBe(true);
  expect(give({ begun: 3, length: 11 })).toBe(false);

  const replay = copyOfRun();
  expect(replay({ begun: 1, length: 3, isReplaying: true })).toBe(true);
  expect(replay({ begun: 1, length: 5, isReplaying: true })).toBe(true);
});

test('what is seen while an answer waits for a worker is what the run has in the end', async () => {
  const taskQueue = `ahead-${crypto.randomUUID()}`;
  const model = await startScriptedModel();
  const client = await AgentClient.connect();
  stops.push(
    () => model.close(),
    () => client.close(),
  );
  const worker = (): ChildProcess => {
    const workflows = join(root, 'build/examples/human-in-the-loop/workflows.js');
    const args = [join(root, 'test/fixtures/worker-process.js'), workflows, taskQueue, model.url];
    return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const first = worker();
  stops.push(() => kill(first));
  const runs = await Promise.all(
    [1, 2, 3, 4, 5].map(async () => await client.run('dangerousAgent', 'Go.', { taskQueue })),
  );
  const questions = await Promise.all(runs.map(async (run) => await eventOfType(run, 'InputRequiredEvent')));
  await kill(first);

  // The query is on its way to a worker, and then the answer comes, whose task waits for the one that was killed.
  const seen = runs.map(async ({ workflowId }) => {
    const page = await client.temporal.workflow.getHandle(workflowId).query<EventsPage>('events');
    return page.events;
  });
  await Promise.all(
    runs.map(async (run, nth) => {
      const answer = { type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' };
      await run.sendEvent({ ...answer, inputId: questions[nth]?.inputId as string });
    }),
  );
  const second = worker();
  stops.push(() => kill(second));
  for (const [nth, run] of runs.entries()) {
    const events = await seen[nth];
    await run.result();
    expect((await allEvents(run)).slice(0, events?.length)).toEqual(events);
  }
}, 120_000);
