/**
 * The wrong way to speak to a server, tried by all who connect: a plain Temporal server is that of all tests, one with
 * TLS is a proxy before it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import OpenAI from 'openai';
import { AgentClient } from '../../src/client';
import { startDevServer } from '../../src/testing';
import { startLocalServer } from '../../src/testing/test-server';
import { createWorker } from '../../src/worker';
import { countersign, EXAMPLE, ownQueue } from '../cli/program';
import { implementations } from '../fixtures/implementations';
import { installRuntime } from '../setup/temporal';

const environment = { ...process.env };
const plain = process.env['TEMPORAL_ADDRESS'] as string;

let folder: string;
let certificate: string;
let proxy: Server;
let encrypted: string;

beforeAll(async () => {
  installRuntime();
  folder = await mkdtemp(join(tmpdir(), 'countersign-tls-'));
  certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const subject = '-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1';
  const kind = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2';
  const args = `req ${kind} ${subject} -addext basicConstraints=critical,CA:FALSE -keyout ${key} -out ${certificate}`;
  execFileSync('openssl', args.split(' '), { stdio: 'ignore' });
  const options = { key: await readFile(key), cert: await readFile(certificate), ALPNProtocols: ['h2'] };
  proxy = createServer(options, (near) => {
    const [host, port] = plain.split(':');
    const far = connect(Number(port), host);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
  });
  proxy.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  encrypted = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
});

afterAll(async () => {
  proxy?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

afterEach(() => {
  process.env = { ...environment };
});

type Env = Readonly<Record<string, string>>;

/** All that connect, each under these settings. Gives the messages of their errors. */
const CONNECTS: Readonly<Record<string, (env: Env) => Promise<string>>> = {
  client: async (env) =>
    await messageOf(env, async () => await (await AgentClient.connect({ connectTimeout: 1000 })).close()),
  worker: async (env) =>
    await messageOf(env, async () => {
      const openai = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });
      const workflowBundle = { codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string };
      const workflows = require.resolve('../fixtures/workflows');
      const taskQueue = ownQueue();
      const worker = await createWorker({ workflows, workflowBundle, tools: implementations, openai, taskQueue });
      const running = worker.run();
      worker.shutdown();
      await running;
    }),
  startDevServer: async (env) => await messageOf(env, async () => await (await startDevServer()).stop()),
  startLocalServer: async (env) => await messageOf(env, async () => await (await startLocalServer({})).stop()),
  countersign: async (env) => {
    const args = ['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes', '--task-queue', ownQueue()];
    const { code, stderr } = await countersign(args, { env }).ended;
    // gRPC has Node warn where it connects to an IP address with TLS.
    return code === 0 ? 'connected' : stderr.replaceAll(/^\((node:|Use `node).*\n/gm, '').trimEnd();
  },
};

async function messageOf(env: Env, body: () => Promise<void>): Promise<string> {
  Object.assign(process.env, env);
  try {
    await body();
    return 'connected';
  } catch (error) {
    expect(['TEMPORAL_UNREACHABLE', 'INVALID_SETTING']).toContain((error as { code?: string }).code);
    return (error as Error).message;
  }
}

describe.each(Object.entries(CONNECTS))('%s', (_who, connects) => {
  test('says which setting had TLS tried, where the server has none', async () => {
    const says = `The Temporal server at ${plain} speaks no TLS, and TLS was tried because of TEMPORAL_API_KEY: unset it`;
    expect(await connects({ TEMPORAL_ADDRESS: plain, TEMPORAL_API_KEY: 'left over' })).toContain(says);
  });

  test('connects with TLS', async () => {
    const env = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate };
    expect(await connects({ TEMPORAL_ADDRESS: encrypted, ...env })).toBe('connected');
  });

  test('says that there is no such profile', async () => {
    const says = 'TEMPORAL_PROFILE is "nope", and';
    expect(await connects({ TEMPORAL_ADDRESS: plain, TEMPORAL_PROFILE: 'nope' })).toContain(says);
  });
});

const { countersign: _slow, ...LIBRARY } = CONNECTS;

describe.each(Object.entries(LIBRARY))('%s', (_who, connects) => {
  test('says that the server speaks TLS, where it was tried without', async () => {
    const says = `The server at ${encrypted} speaks TLS, and it was tried without: set TEMPORAL_TLS=true`;
    expect(await connects({ TEMPORAL_ADDRESS: encrypted })).toContain(says);
  });

  test('takes blank variables for none', async () => {
    const env = { TEMPORAL_ADDRESS: plain, TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '' };
    expect(await connects({ ...env, TEMPORAL_PROFILE: '', TEMPORAL_CONFIG_FILE: '' })).toBe('connected');
  });
});

test.each([
  [{ TEMPORAL_TLS: 'true' }, 'TEMPORAL_TLS: unset it, or set TEMPORAL_ADDRESS'],
  [{ TEMPORAL_ADDRESS: 'http://localhost:7233' }, "got 'http://localhost:7233'"],
  [{ TEMPORAL_ADDRESS: 'nowhere.invalid:7233' }, 'No Temporal server answers at nowhere.invalid:7233'],
  [{ TEMPORAL_ADDRESS: 'no where:7233' }, 'No Temporal server answers at no where:7233'],
  [{ TEMPORAL_ADDRESS: '127.0.0.1:99999' }, '127.0.0.1:99999'],
  [{ TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'no certificate' }, 'TLS'],
])('client and worker say what is wrong with %j, in one line', async (env, says) => {
  for (const connects of [CONNECTS['client'], CONNECTS['worker']]) {
    const message = await connects?.({ TEMPORAL_ADDRESS: plain, ...env });
    expect(message).toContain(says);
    expect(message).not.toContain('\n');
  }
});

test('a certificate that is not trusted is called that', async () => {
  for (const connects of [CONNECTS['client'], CONNECTS['worker']]) {
    const message = await connects?.({ TEMPORAL_ADDRESS: encrypted, TEMPORAL_TLS: 'true' });
    expect(message).toMatch(/certificate .* is not trusted \(.*SELF_SIGNED.*\): set TEMPORAL_TLS_SERVER_CA_CERT_PATH/);
  }
});

test('an option that is undefined is as good as left out', async () => {
  Object.assign(process.env, { TEMPORAL_ADDRESS: encrypted, TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate });
  const options = { tls: undefined, connectTimeout: undefined, apiKey: undefined } as never;
  await (await AgentClient.connect(options)).close();
});

test('a client that cannot be made leaves no connection behind', async () => {
  const close = jest.spyOn(Connection.prototype, 'close');
  const dataConverter = { payloadConverterPath: '/no/such/module' };
  await expect(AgentClient.connect({ address: plain, dataConverter })).rejects.toThrow(/payloadConverterPath/i);
  expect(close).toHaveBeenCalledTimes(1);
  close.mockRestore();
});

test('TLS that is asked for in code is called by its option', async () => {
  const says = (option: string): string => `TLS was tried because of the option ${option}`;
  await expect(AgentClient.connect({ address: plain, apiKey: 'any', connectTimeout: 500 })).rejects.toThrow(
    says('apiKey'),
  );
  await expect(AgentClient.connect({ address: plain, tls: true, connectTimeout: 500 })).rejects.toThrow(says('tls'));
});
