import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { ExternalStorage, type Payload, type StorageDriver, StorageDriverClaim } from '@temporalio/common';
import { AgentClient } from '../../../src/client';
import { type DevServer, startDevServer } from '../../../src/testing';
import { says, TestTemporal } from '../../setup/temporal';

const stored = new Map<string, Payload>();
const driver: StorageDriver = {
  name: 'memory',
  type: 'test.memory',
  store: async (_context, payloads) =>
    payloads.map((payload) => {
      const key = crypto.randomUUID();
      stored.set(key, payload);
      return new StorageDriverClaim({ key });
    }),
  retrieve: async (_context, claims) => claims.map(({ claimData }) => stored.get(claimData['key'] ?? '') as Payload),
};
const dataConverter = { externalStorage: new ExternalStorage({ drivers: [driver] }) };
const temporal = new TestTemporal();
let server: DevServer;
let connection: Connection;

beforeAll(async () => {
  server = await startDevServer({
    ui: false,
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
    dynamicConfig: ['limit.historyCount.suggestContinueAsNew=60', 'history.workflowIdReuseMinimalInterval="10ms"'],
  });
  await temporal.start({ dataConverter }, server.address);
  connection = await Connection.connect({ address: server.address });
});
afterAll(async () => {
  await connection.close();
  await temporal.stop();
  await server.stop();
});

test('with external storage a conversation of any size is carried whole', async () => {
  const client = new AgentClient(new Client({ connection, dataConverter }));
  const long = 'x'.repeat(100_000);
  temporal.model.script(() => says('ok'));
  const input = { userMsg: `0 ${long}`, conversation: true };
  const run = await client.run('largeAgent', input, { taskQueue: temporal.taskQueue });
  for (let turn = 1; turn < 25; turn += 1) {
    await temporal.model.whenRequested(turn);
    await run.sendMessage(`${turn} ${long}`);
  }
  await run.close();
  expect(String(await run.result())).toBe('ok');
  expect(temporal.model.requests.at(-1)?.messages).toHaveLength(49);
  expect(temporal.model.requests.at(-1)?.messages[0]?.content).toBe(`0 ${long}`);
  expect(stored.size).toBeGreaterThan(0);
});
