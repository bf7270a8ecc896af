import { createServer, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { countersign, EXAMPLE, ownQueue } from './program';

let model: ScriptedModel;

beforeAll(async () => {
  model = await startScriptedModel();
});

afterAll(async () => {
  await model?.close();
});

function demo(env: Record<string, string>, ...more: string[]) {
  return countersign(['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes', '--task-queue', ownQueue(), ...more], {
    env,
  });
}

test('no Temporal server at the address', async () => {
  const { code, stderr } = await demo({ TEMPORAL_ADDRESS: '127.0.0.1:1' }).ended;
  expect(stderr).toMatch(/^countersign: No Temporal server answers at 127\.0\.0\.1:1: .*set TEMPORAL_ADDRESS.*\n$/);
  expect(code).toBe(1);
});

test('a namespace that the server does not have', async () => {
  const { code, stderr } = await demo({ TEMPORAL_NAMESPACE: 'nowhere' }).ended;
  expect(stderr).toMatch(/^countersign: .* has no namespace "nowhere": create it .*\n$/);
  expect(code).toBe(1);
});

test('a port that is in use', async () => {
  const port = new URL(model.url).port;
  const { code, stderr } = await demo({}, '--port', port).ended;
  expect(stderr).toMatch(new RegExp(`^countersign: Port ${port} is in use\\. .*\\n$`));
  expect(code).toBe(1);
});

test('a key that the provider refuses', async () => {
  model.script([{ status: 401, error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }]);
  const { code, stderr } = await demo({ OPENAI_API_KEY: 'wrong', OPENAI_BASE_URL: model.url }).ended;
  expect(stderr).toMatch(/^countersign: The model's provider refused the key: check OPENAI_API_KEY .*\n$/);
  expect(code).toBe(1);
});

test('a model that is down', async () => {
  const { code, stderr } = await demo({ OPENAI_API_KEY: 'any', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).ended;
  expect(stderr).toMatch(
    /^countersign: The model at http:\/\/127\.0\.0\.1:1\/v1 failed 3 times: .*OPENAI_BASE_URL.*\n$/,
  );
  expect(code).toBe(1);
});

test('a server that goes away under a run', async () => {
  const [host, port] = (process.env['TEMPORAL_ADDRESS'] as string).split(':');
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  model.script([{ content: 'never', hold: new Promise(() => undefined) }]);
  const program = demo({ TEMPORAL_ADDRESS: address, OPENAI_API_KEY: 'any', OPENAI_BASE_URL: model.url });
  await program.prints('AgentInput');
  proxy.close();
  for (const socket of sockets) socket.destroy();
  const { code, stderr } = await program.ended;
  expect(stderr).toContain(`countersign: The Temporal server at ${address} does not answer any more`);
  expect(code).toBe(1);
});

test('an answer given beforehand that is refused', async () => {
  const module = require.resolve('./modules/decision');
  const args = ['demo', module, 'decider', '--answer', 'maybe', '--task-queue', ownQueue()];
  const { code, stderr } = await countersign(args).ended;
  expect(stderr).toMatch(/^countersign: The answer given with --answer was refused \(invalid\): .*"response".*\n$/);
  expect(code).toBe(1);
});

test('a workflow that fails its task is not waited for', async () => {
  const module = require.resolve('./modules/decision');
  const args = ['demo', module, 'buggy', '--answer', 'yes', '--task-queue', ownQueue()];
  const { code, stderr } = await countersign(args).ended;
  expect(stderr).toMatch(/^countersign: A worker of the task queue .* cannot run this: it has a bug\. .*\n$/);
  expect(code).toBe(1);
});
