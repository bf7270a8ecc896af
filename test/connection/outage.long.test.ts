import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { AgentClient } from '../../src/client';
import { openConnection } from '../../src/connection';
import { startDevServer } from '../../src/testing';
import { freePort } from '../../src/testing/free-port';

/** By then gRPC's own attempts, each 1.6 times as far from the last, are a minute apart. Unit: milliseconds. */
const OUTAGE_MS = 165_000;

test(
  'minutes without a server are over within seconds, for a client that was connected and for one that looked in vain',
  async () => {
    const env = { ...process.env, TEMPORAL_ADDRESS: undefined };
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const before = await startDevServer({ ui: false, port, env });
    const client = await AgentClient.connect({ address });
    await before.stop();
    await expect(openConnection({ address, connectTimeout: 1000 })).rejects.toThrow();
    await expect(Connection.connect({ address, connectTimeout: 1000 })).rejects.toThrow();
    const asking = new AbortController();
    const asked = keepAsking(client, asking.signal);
    await delay(OUTAGE_MS);
    asking.abort();
    await asked;
    const after = await startDevServer({ ui: false, port, env });
    try {
      const { temporal } = client;
      await temporal.withDeadline(Date.now() + 8000, () => temporal.workflowService.getSystemInfo({}));
      await (await openConnection({ address, connectTimeout: 5000 })).close();
      // The SDK's own way does not come through: so the outage was long enough to matter.
      await expect(Connection.connect({ address, connectTimeout: 5000 })).rejects.toThrow();
    } finally {
      await client.close();
      await after.stop();
    }
  },
  OUTAGE_MS + 60_000,
);

/** As a process does that depends on the server. */
async function keepAsking({ temporal }: AgentClient, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await temporal
      .withDeadline(Date.now() + 2000, () => temporal.workflowService.getSystemInfo({}))
      .catch(() => undefined);
  }
}
