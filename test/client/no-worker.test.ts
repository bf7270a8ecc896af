import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AgentClient } from '../../src/client';
import { type AnyEvent, isAgentError } from '../../src/protocol';
import { type DevServer, startDevServer } from '../../src/testing';
import { calls, questionsOf, says, TestTemporal } from '../setup/temporal';

let server: DevServer;
let client: AgentClient;
const temporal = new TestTemporal();

beforeAll(async () => {
  const env = { ...process.env, TEMPORAL_ADDRESS: undefined };
  server = await startDevServer({ ui: false, env, dynamicConfig: ['history.maxTotalUpdates=2'] });
  await temporal.start({}, server.address);
  client = await AgentClient.connect({ address: server.address });
});
afterAll(async () => {
  await temporal.stop();
  await client?.close();
  await server?.stop();
});

test('a run that no worker serves is said to have none', async () => {
  const run = await client.run('toolAgent', { userMsg: 'Go.' }, { taskQueue: 'nobody' });
  const ask = async (): Promise<unknown> => await run.status().catch((error: unknown) => error);
  let failed: unknown;
  do failed = await client.temporal.withDeadline(Date.now() + 1000, ask);
  while (!isAgentError(failed, 'NO_WORKER'));
  expect(failed).toMatchObject({
    message: expect.stringContaining('start one on its task queue "nobody"'),
    details: { workflowId: run.workflowId },
  });
});

test('a limit of Temporal’s is told as such, at once, and not as a missing worker', async () => {
  const asks = ['a?', 'b?', 'c?'].map((question) => ['confirm', { question }] as const);
  const run = await temporal.run('toolAgent', [calls(...asks), says('Done.')]);
  const [first, second, third] = await questionsOf(run, 3);
  await run.respond(first as AnyEvent, 'yes');
  await run.respond(second as AnyEvent, 'yes');
  await expect(run.respond(third as AnyEvent, 'yes')).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    details: { limit: expect.stringContaining('total number of distinct updates') },
  });
  const answer = { type: 'HumanResponseEvent', response: 'yes', inputId: third?.inputId as string };
  await run.sendEvent(answer);
  expect(String(await run.result())).toBe('Done.');
});
