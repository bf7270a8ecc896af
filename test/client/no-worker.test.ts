import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AgentClient } from '../../src/client';
import { isAgentError } from '../../src/protocol';
import { type DevServer, startDevServer } from '../../src/testing';

let folder: string;
let server: DevServer;
let client: AgentClient;

beforeAll(async () => {
  // A server of its own, with a file: a request that is given up may cost a dev server what it holds in memory only.
  folder = await mkdtemp(join(tmpdir(), 'countersign-no-worker-'));
  const env = { ...process.env, TEMPORAL_ADDRESS: undefined };
  server = await startDevServer({ ui: false, env, dbFilename: join(folder, 'temporal.db') });
  client = await AgentClient.connect({ address: server.address });
});
afterAll(async () => {
  await client?.close();
  await server?.stop();
  await rm(folder, { recursive: true });
});

test('a run that no worker serves is said to have none', async () => {
  const run = await client.run('toolAgent', { userMsg: 'Go.' }, { taskQueue: 'nobody' });
  const ask = async (): Promise<unknown> => await run.status().catch((error: unknown) => error);
  let failed: unknown;
  do failed = await client.temporal.withDeadline(Date.now() + 1000, ask);
  while (!isAgentError(failed, 'NO_WORKER'));
  expect(failed).toMatchObject({
    message: expect.stringContaining('start one on its task queue'),
    details: { workflowId: run.workflowId },
  });
});
