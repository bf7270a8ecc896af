import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allEvents, calls, EXAMPLE_STREAM, eventOfType, says, TestTemporal } from '../../setup/temporal';
import { type ProductionServer, startProductionServer } from '../../../tools/production/production-server';

const PROGRAM = join(__dirname, '../../../build/tools/production/main.js');
const folder = mkdtempSync(join(tmpdir(), 'countersign-production-'));
const temporal = new TestTemporal();
let server: ProductionServer;
const started: ProductionServer[] = [];

async function start(): Promise<void> {
  server = await startProductionServer({ folder });
  started.push(server);
}

beforeAll(async () => {
  await start();
  await temporal.start({}, server.address);
}, 15 * 60_000);
afterAll(async () => {
  try {
    await temporal.stop();
  } finally {
    for (const one of started) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test('it is the server of docker-compose.yml', async () => {
  const { serverVersion } = await temporal.client.temporal.workflowService.getSystemInfo({});
  expect(serverVersion).toBe('1.32.0');
});

test.each(['temporal', 'postgres'] as const)(
  'a run that is parked while %s is killed takes its answer when it is back',
  async (victim) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('Done.')]);
    const question = await eventOfType(run, 'InputRequiredEvent');
    const child = victim === 'temporal' ? server.temporal : server.postgres.child;
    await child.kill();
    expect(child.isRunning).toBe(false);
    await server.serve();
    await run.sendEvent({
      type: 'HumanResponseEvent',
      response: 'yes',
      user_name: 'Laurie',
      inputId: question.inputId as string,
    });
    expect(String(await run.result())).toBe('Done.');
    expect((await allEvents(run)).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  },
  120_000,
);

test('a second one in its folder is refused in words', async () => {
  await expect(startProductionServer({ folder })).rejects.toThrow(`A server is in ${folder} already, process`);
});

test('its data are kept from one time to the next', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('Done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.stop();
  await server.stop();
  await start();
  await temporal.start({}, server.address);
  expect(await temporal.client.getHandler(run.workflowId).status()).toMatchObject({ state: 'waiting' });
}, 120_000);

test('when its program is killed, nothing of it is left running', async () => {
  const own = mkdtempSync(join(tmpdir(), 'countersign-production-'));
  const program = spawn(process.execPath, [PROGRAM, '--folder', own, '--port', '17233'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const text of program.stderr.setEncoding('utf8')) {
    said += String(text);
    if (said.includes('Temporal serves at 127.0.0.1:17233')) break;
  }
  expect(said).toContain('Temporal serves at 127.0.0.1:17233');
  expect(await processesOf(own)).not.toEqual('');
  program.kill('SIGKILL');
  await once(program, 'exit');
  for (;;) if ((await processesOf(own)) === '') break;
  // What it has left of its claim on the folder keeps nobody from it.
  const next = await startProductionServer({ folder: own });
  await expect(startProductionServer({ folder: own })).rejects.toThrow(`process ${process.pid}`);
  await next.stop();
  rmSync(own, { recursive: true, force: true });
}, 180_000);

test('a port that is none is refused in words', async () => {
  const ended = promisify(execFile)(process.execPath, [PROGRAM, '--port', 'many']);
  await expect(ended).rejects.toMatchObject({
    code: 2,
    stderr: '--port takes a number from 1 to 65535, not "many".\n',
  });
});

async function processesOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args='], { maxBuffer: 2 ** 26 });
  return stdout
    .split('\n')
    .filter((line) => line.includes(path) && !line.includes('main.js'))
    .join('\n');
}
