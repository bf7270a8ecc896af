import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { AgentClient, type WorkflowHandler } from '../../src/client';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { allEvents, calls, EXAMPLE_STREAM, eventOfType, says } from '../setup/temporal';

const root = join(__dirname, '../..');
const LAURIE = { type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' };
const started: { stop(): Promise<void> }[] = [];

afterAll(async () => {
  for (const one of started.reverse()) await one.stop();
});

async function setUp(): Promise<{
  client: AgentClient;
  model: ScriptedModel;
  taskQueue: string;
  worker(): ChildProcess;
}> {
  const taskQueue = `killed-${crypto.randomUUID()}`;
  const [client, model] = await Promise.all([AgentClient.connect(), startScriptedModel()]);
  started.push({ stop: () => client.close() }, { stop: () => model.close() });
  const worker = (): ChildProcess => {
    const child = spawn(
      process.execPath,
      [
        join(root, 'test/fixtures/worker-process.js'),
        join(root, 'build/examples/human-in-the-loop/workflows.js'),
        taskQueue,
        model.url,
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    started.push({ stop: () => kill(child) });
    return child;
  };
  return { client, model, taskQueue, worker };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function ended(run: WorkflowHandler): Promise<readonly string[]> {
  return (await allEvents(run)).map(({ type }) => type);
}

test.concurrent('a worker killed while its run is parked: the answer waits for the next one, which has it in seconds; nothing is asked or done twice', async () => {
  const { client, model, taskQueue, worker } = await setUp();
  model.script([calls(['dangerous_task']), says('All done.')]);
  const first = worker();
  const run = await client.run('dangerousAgent', 'Go.', { taskQueue });
  const question = await eventOfType(run, 'InputRequiredEvent');
  await kill(first);
  await run.sendEvent({ ...LAURIE, inputId: question.inputId as string });
  const from = performance.now();
  worker();
  expect(String(await run.result())).toBe('All done.');
  // The SDK's own default would have it wait for 10 s.
  expect(performance.now() - from).toBeLessThan(8000);
  expect(await ended(run)).toEqual(EXAMPLE_STREAM);
  expect(model.requests).toHaveLength(2);
}, 60_000);

test.concurrent('a worker killed during a model call: the call is made again, its reply is taken once', async () => {
  const { client, model, taskQueue, worker } = await setUp();
  const never = new Promise(() => undefined);
  model.script([{ content: 'lost', hold: never }, calls(['dangerous_task']), says('All done.')]);
  const first = worker();
  const run = await client.run('dangerousAgent', 'Go.', { taskQueue });
  await model.whenRequested(1);
  await kill(first);
  worker();
  const question = await eventOfType(run, 'InputRequiredEvent');
  await run.sendEvent({ ...LAURIE, inputId: question.inputId as string });
  expect(String(await run.result())).toBe('All done.');
  expect(await ended(run)).toEqual(EXAMPLE_STREAM);
  expect(model.requests).toHaveLength(3);
}, 90_000);
