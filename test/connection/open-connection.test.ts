import { expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { openConnection } from '../../src/connection';
import { type DevServer, startDevServer } from '../../src/testing';
import { freePort } from '../../src/testing/free-port';

const HOUR_MS = 3_600_000;

async function withServer(port: number, body: (server: DevServer) => Promise<void>): Promise<void> {
  const server = await startDevServer({ ui: false, port, env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

test('a server that was looked for in vain is reached once it is there, however long that took', async () => {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  // What minutes of failed attempts lead to: the next attempt is far away.
  const channelArgs = { 'grpc.initial_reconnect_backoff_ms': HOUR_MS, 'grpc.max_reconnect_backoff_ms': HOUR_MS };
  const look = { address, connectTimeout: 200, channelArgs };
  await expect(openConnection(look)).rejects.toThrow();
  await expect(Connection.connect(look)).rejects.toThrow();
  await withServer(port, async () => {
    const connection = await openConnection({ address, connectTimeout: 5000, channelArgs });
    await connection.close();
    // The SDK's own way still waits for the attempt that is far away: so this test tries what it claims.
    await expect(Connection.connect(look)).rejects.toThrow('before the deadline');
  });
});

test('a server on this machine is not looked for behind a proxy', async () => {
  const environment = { ...process.env };
  for (const name of ['grpc_proxy', 'https_proxy', 'http_proxy']) process.env[name] = 'http://127.0.0.1:9';
  for (const name of ['no_grpc_proxy', 'no_proxy']) delete process.env[name];
  try {
    await (await openConnection({ address: environment['TEMPORAL_ADDRESS'] as string })).close();
  } finally {
    process.env = environment;
  }
});
