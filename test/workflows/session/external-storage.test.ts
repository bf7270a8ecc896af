import { expect, test } from '@jest/globals';
import { ExternalStorage, type Payload, type StorageDriver, StorageDriverClaim } from '@temporalio/common';
import { useShortLinks } from '../../setup/links';
import { says } from '../../setup/temporal';

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
const temporal = useShortLinks({ worker: { dataConverter } });

test('with external storage a conversation of any size is carried whole', async () => {
  const long = 'x'.repeat(100_000);
  temporal.model.script(() => says('ok'));
  const input = { userMsg: `0 ${long}`, conversation: true };
  const run = await temporal.client.run('largeAgent', input, { taskQueue: temporal.taskQueue });
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
