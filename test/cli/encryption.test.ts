import { describe, expect, test } from '@jest/globals';
import { AgentClient } from '../../src/client';
import { encryptedDataConverter, keysFromEnvironment } from '../../src/encryption';
import { freePort } from '../../src/testing/free-port';
import { accepts } from '../testing/accepts';
import { countersign, EXAMPLE, ownQueue, Program, WORKER } from './program';

const KEY = Buffer.alloc(32, 7).toString('base64');
const env = { COUNTERSIGN_ENCRYPTION_KEYS: `k2:${KEY},k1:${Buffer.alloc(32, 8).toString('base64')}` };
const dataConverter = encryptedDataConverter(
  keysFromEnvironment(env) as NonNullable<ReturnType<typeof keysFromEnvironment>>,
);

function demo(more: Readonly<Record<string, string>> = {}): Program {
  const args = ['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes', '--task-queue', ownQueue()];
  return countersign(args, { env: { ...env, ...more } });
}

async function storedBy(workflowId: string): Promise<string> {
  const client = await AgentClient.connect();
  try {
    const { events } = await client.temporal.workflow.getHandle(workflowId).fetchHistory();
    const text = JSON.stringify(events);
    return `${text} ${[...text.matchAll(/"([\w+/=]{12,})"/g)].map(([, data = '']) => Buffer.from(data, 'base64')).join(' ')}`;
  } finally {
    await client.close();
  }
}

test('a demo with keys in the environment says so, and is encrypted', async () => {
  const { code, stdout, stderr } = await demo().ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Encrypted +with the key k2, 1 more to decrypt$/m);
  expect(stdout).toMatch(/^Agent .*Dangerous task completed successfully\.\n$/m);
  const stored = await storedBy(/^Run +(\S+)/m.exec(stdout)?.[1] ?? '');
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toMatch(/json\/plain|I want to proceed|completed successfully/);
});

test('what goes wrong is told in words, though its error is encrypted', async () => {
  const { code, stderr } = await demo({ OPENAI_API_KEY: 'any', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^countersign: The model at \S+ failed 3 times: .*\(The model could not be asked .*\)\n$/);
});

test('keys that cannot be used are told in a line, without a word of them', async () => {
  const { code, stdout, stderr } = await demo({ COUNTERSIGN_ENCRYPTION_KEYS: `k1:${KEY.slice(4)}` }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^countersign: The encryption key "k1" has 29 bytes, not 32: make one with openssl .*\n$/);
});

test('the examples’ worker serves encrypted with the keys of its environment', async () => {
  const taskQueue = ownQueue();
  const worker = new Program(WORKER, [], { env: { ...env, COUNTERSIGN_TASK_QUEUE: taskQueue } });
  await worker.prints('encrypted with the key k2');
  const client = await AgentClient.connect({ dataConverter });
  try {
    const run = await client.run('dangerousAgent', 'I want to proceed.', { taskQueue });
    for await (const event of run.streamEvents()) {
      if (event.type === 'InputRequiredEvent') await run.respond(event, { response: 'no', user_name: 'Laurie' });
    }
    expect(String(await run.result())).toContain('aborted');
    expect(await storedBy(run.workflowId)).not.toMatch(/json\/plain|aborted/);
  } finally {
    await client.close();
  }
  worker.kill('SIGTERM');
  await worker.ended;
});

describe('countersign codec-server', () => {
  test('says where it listens, on loopback only, and ends on Ctrl-C', async () => {
    const port = await freePort();
    const program = countersign(['codec-server', '--port', String(port)], { env });
    await program.prints(`ready http://127.0.0.1:${port}\n`);
    const encoded = await dataConverter.payloadCodecs?.[0]?.encode([{ metadata: {}, data: Buffer.from('word') }]);
    const payloads = encoded?.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(
        Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
      ),
      data: Buffer.from(data ?? []).toString('base64'),
    }));
    const response = await fetch(`http://127.0.0.1:${port}/decode`, {
      method: 'POST',
      body: JSON.stringify({ payloads }),
    });
    expect(await response.json()).toEqual({
      payloads: [{ metadata: {}, data: Buffer.from('word').toString('base64') }],
    });
    program.kill('SIGINT');
    expect((await program.ended).code).toBe(130);
    expect(await accepts(`127.0.0.1:${port}`)).toBe(false);
  });

  test('beyond loopback it warns when it asks for no token', async () => {
    const port = await freePort();
    const program = countersign(['codec-server', '--port', String(port), '--host', '0.0.0.0'], { env });
    await program.prints('ready');
    program.kill('SIGTERM');
    expect((await program.ended).stderr).toMatch(/whoever reaches 0\.0\.0\.0 can decrypt: set COUNTERSIGN_CODEC_TOKEN/);
  });

  test.each<[string, readonly string[], Record<string, string | undefined>, RegExp, number]>([
    [
      'without keys',
      [],
      { COUNTERSIGN_ENCRYPTION_KEYS: undefined },
      /There are no keys: set COUNTERSIGN_ENCRYPTION/,
      1,
    ],
    ['with a module', [EXAMPLE], {}, /too many arguments for 'codec-server'/, 2],
    ['with a message', ['--message', 'x'], {}, /unknown option '--message'/, 2],
  ])('%s it does not start', async (_name, args, more, why, exitCode) => {
    const { code, stderr } = await countersign(['codec-server', ...args], { env: { ...env, ...more } }).ended;
    expect(stderr).toMatch(why);
    expect(code).toBe(exitCode);
  });

  test('dev takes no option of it', async () => {
    const { code, stderr } = await countersign(['dev', '--origin', 'http://x']).ended;
    expect(stderr).toMatch(/unknown option '--origin'/);
    expect(code).toBe(2);
  });
});
