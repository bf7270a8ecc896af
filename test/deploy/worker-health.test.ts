import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { startDevServer } from '../../src/testing';
import { Program, WORKER } from '../cli/program';
import { calls, eventOfType, useTemporal } from '../setup/temporal';

const script = join(__dirname, '../../docker/worker-health.js');
const temporal = useTemporal();

async function health(taskQueue: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { env: { ...process.env, ...env, COUNTERSIGN_TASK_QUEUE: taskQueue } };
  return await promisify(execFile)(process.execPath, [script], options).then(
    () => 'healthy',
    (error: { readonly code: number; readonly stderr: string }) => `${error.code}: ${error.stderr.trim()}`,
  );
}

test('a container whose worker takes tasks is healthy', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  await eventOfType(run, 'InputRequiredEvent');
  expect(await health(temporal.taskQueue)).toBe('healthy');
});

test('a container is not healthy when its worker does not poll the queue', async () => {
  expect(await health('nobody-polls-this')).toMatch(/^1: .*no poller of .* on task queue nobody-polls-this/);
});

test('a worker whose COUNTERSIGN_TASK_QUEUE is blank, and its health check, mean the default queue', async () => {
  // Others run on that queue at the server of all tests.
  const server = await startDevServer({ ui: false, env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
  const env = { TEMPORAL_ADDRESS: server.address };
  for (const blank of ['', ' ']) {
    const worker = new Program(WORKER, [], { env: { ...env, COUNTERSIGN_TASK_QUEUE: blank } });
    await worker.prints('ready: task queue countersign,');
    expect(await health(blank, env)).toBe('healthy');
    worker.kill('SIGTERM');
    await worker.ended;
  }
  await server.stop();
});

test('blank settings of the server are none for the health check too', async () => {
  const env = { TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '' };
  expect(await health('nobody-polls-this', env)).toMatch(/no poller of /);
});

test('a container is not healthy when there is no server to ask', async () => {
  expect(await health(temporal.taskQueue, { TEMPORAL_ADDRESS: '127.0.0.1:1' })).toMatch(
    /^1: No Temporal server answers at 127\.0\.0\.1:1: /,
  );
});
