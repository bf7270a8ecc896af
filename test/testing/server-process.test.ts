import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePort } from '../../src/testing/free-port';
import { spawnServer } from '../../src/testing/server-process';
import { accepts } from './accepts';

/** A server that never prints: one that does would die of its closed pipe, and prove nothing. */
const SILENT = `require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1')`;
const STUBBORN = `process.on('SIGTERM', () => undefined); ${SILENT}`;
const GENTLE = `process.on('SIGTERM', () => process.exit(0)); ${SILENT}`;

/** Resolves when the port listens, or no longer does; the test's own time limit ends it otherwise. */
async function when(isListening: boolean, address: string): Promise<void> {
  while ((await accepts(address)) !== isListening) await new Promise((resolve) => setImmediate(resolve));
}

async function serving(program: string, endsGently: boolean) {
  const port = await freePort();
  const server = spawnServer(process.execPath, ['-e', program, String(port)], { env: process.env, endsGently });
  const address = `127.0.0.1:${port}`;
  await when(true, address);
  return { server, address };
}

/** Another process that spawns a silent server, and when that listens, does what `then` says. */
async function withParent(then: string, body: (parent: ChildProcess, address: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const file = join(__dirname, '../../src/testing/server-process.ts');
  const program = `
    const { transformFileSync } = require('@swc/core');
    const options = { swcrc: false, module: { type: 'commonjs' }, jsc: { parser: { syntax: 'typescript' } } };
    require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
    const { spawnServer } = require(${JSON.stringify(file)});
    const args = ['-e', ${JSON.stringify(SILENT)}, '${port}'];
    spawnServer(process.execPath, args, { env: process.env, endsGently: false });
    const connect = () => require('node:net').connect(${port}, '127.0.0.1')
      .once('error', connect)
      .once('connect', function () { this.destroy(); ${then} });
    connect();
  `;
  const parent = spawn(process.execPath, ['-e', program], { cwd: __dirname, stdio: 'ignore' });
  try {
    await body(parent, `127.0.0.1:${port}`);
  } finally {
    parent.kill('SIGKILL');
  }
}

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'a server does not outlive a process ended by %s',
  async (signal) => {
    await withParent('setInterval(() => undefined, 1000);', async (parent, address) => {
      await when(true, address);
      parent.kill(signal);
      await when(false, address);
    });
  },
);

test.each([
  ['that exits', 'process.exit(0);'],
  ['that fails', 'throw new Error("x");'],
  ['with nothing left to do', ''],
])('a server does not outlive, or hold up, a process %s', async (_how, then) => {
  await withParent(then, async (parent, address) => {
    await new Promise((resolve) => parent.once('exit', resolve));
    await when(false, address);
  });
});

test('stop() waits until the server has ended, and may be called twice', async () => {
  const { server, address } = await serving(SILENT, false);
  await Promise.all([server.stop(), server.stop()]);
  expect(await accepts(address)).toBe(false);
  await server.stop();
});

test('a server with something to close is asked to end, and any other is killed', async () => {
  for (const [program, endsGently, how] of [
    [GENTLE, true, 'code 0'],
    [STUBBORN, false, 'SIGKILL'],
  ] as const) {
    const { server } = await serving(program, endsGently);
    await server.stop();
    await expect(server.failed).rejects.toThrow(`it ended with ${how}`);
  }
});

test('a server that ends by itself is told with what it said', async () => {
  const program = `console.error('no room'); console.log('for two'); process.exitCode = 3;`;
  const server = spawnServer(process.execPath, ['-e', program], { env: process.env, endsGently: false });
  await expect(server.failed).rejects.toThrow(/it ended with code 3\. (no room\s+for two|for two\s+no room)/);
  await server.stop();
});

test('a program that is not there is told', async () => {
  const server = spawnServer('/no/such/program', [], { env: process.env, endsGently: false });
  await expect(server.failed).rejects.toThrow(/it ended with code 127\. .*\/no\/such\/program/);
});
