import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const built = (module: string): string => JSON.stringify(join(__dirname, '../../../dist', module));

/** A process of its own: what is thrown on a timer ends the process. */
const PROGRAM = `
  const { AgentClient } = require(${built('client.js')});
  const { startDevServer } = require(${built('testing/index.js')});
  (async () => {
    const server = await startDevServer({ ui: false });
    const client = await AgentClient.connect({ address: server.address });
    await server.stop();
    const outcome = client.getHandler('nobody').status().catch((error) => 'given up');
    await new Promise(setImmediate); // It is on its way.
    await client.close();
    console.log(await outcome);
    console.log(await client.getHandler('nobody').status().catch(() => 'closed'));
  })();
`;

test('a client that is closed while a request is tried again gives the request up, and the process lives', () => {
  const { TEMPORAL_ADDRESS: _server, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', PROGRAM], { env, encoding: 'utf8' });
  expect([stderr, stdout, status]).toEqual(['', 'given up\nclosed\n', 0]);
});
