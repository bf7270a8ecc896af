import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { AgentClient } from '../../../src/client';
import { type EventsPage, isReadAhead } from '../../../src/protocol';
import { startScriptedModel } from '../../../src/testing';
import { allEvents, eventOfType } from '../../setup/temporal';

const root = join(__dirname, '../../..');
const stops: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
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
    try {
      return (await client.temporal.workflow.getHandle(workflowId).query<EventsPage>('events')).events;
    } catch (error) {
      if (isReadAhead(error)) return [];
      throw error;
    }
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
    expect(await run.pendingInputs()).toEqual([]);
  }
}, 120_000);
