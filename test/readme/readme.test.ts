import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AgentClient } from '../../src/client';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { eventOfType } from '../setup/temporal';

const root = join(__dirname, '../..');
const sources = join(root, 'build/readme/src');
const programs = join(root, 'build/readme/out');
const namespaceOfTests = process.env['TEMPORAL_ADDRESS'] as string;
let model: ScriptedModel;
const children: ChildProcess[] = [];

/** The README's programs, by file name. */
function readmeFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [, name = '', code = ''] of readFileSync(join(root, 'README.md'), 'utf8').matchAll(
    /```ts\n\/\/ (\S+?)(?:, continued)?\n([\s\S]*?)```/g,
  )) {
    files.set(name, (files.get(name) ?? '') + code);
  }
  return files;
}

function start(program: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [join(programs, program)], {
    env: {
      ...process.env,
      OPENAI_API_KEY: 'scripted',
      OPENAI_BASE_URL: model.url,
      TEMPORAL_ADDRESS: namespaceOfTests,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  await once(child, 'close');
  return output;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

beforeAll(async () => {
  rmSync(join(root, 'build/readme'), { recursive: true, force: true });
  mkdirSync(sources, { recursive: true });
  for (const [name, code] of readmeFiles()) writeFileSync(join(sources, name), code);
  writeFileSync(
    join(sources, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig.examples.json',
      compilerOptions: { rootDir: '.', outDir: '../out' },
      include: ['.'],
    }),
  );
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', sources]).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(`The README's code does not compile:\n${stdout}`);
    },
  );
  model = await startScriptedModel();
  start('worker.js');
}, 60_000);

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  }
  await model?.close();
});

test('the example is the one that is run as the demo', () => {
  const example = readFileSync(join(root, 'examples/human-in-the-loop/workflows.ts'), 'utf8').replace(
    /^\/\*\*[\s\S]*?\*\/\n/,
    '',
  );
  expect(readmeFiles().get('workflows.ts')?.startsWith(example)).toBe(true);
});

test('worker and client run: the keyboard answers', async () => {
  const client = start('client.js');
  client.stdout?.on('data', (chunk) => {
    if (String(chunk).includes('Are you sure')) client.stdin?.write('yes\n');
  });
  expect(await outputOf(client)).toMatch(
    /Are you sure you want to proceed\? .*Dangerous task completed successfully\./s,
  );
});

test('another agent answers', async () => {
  expect(await outputOf(start('reviewer.js'))).toContain('Dangerous task completed successfully.');
});

/** `fetch` does not let anybody say to which host it talks. */
async function statusOf(page: string, host: string): Promise<number | undefined> {
  const [response] = (await once(get(page, { headers: { host } }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

test('the web form answers, and shows a refusal; it takes nothing that another page sends it', async () => {
  const port = await freePort();
  const form = start('form.js', { PORT: String(port) });
  const client = await AgentClient.connect();
  const run = await client.run('dangerousAgent', 'I want to proceed.');
  const question = await eventOfType(run, 'InputRequiredEvent');
  const page = `http://127.0.0.1:${port}/${run.workflowId}`;
  let shown: Response | undefined;
  while (shown === undefined && form.exitCode === null) shown = await fetch(page).catch(() => undefined);
  expect(await shown?.text()).toContain('Are you sure you want to proceed?');
  const answer = async (user: string): Promise<string> => {
    const body = new URLSearchParams({ inputId: question.inputId as string, user_name: user, response: 'no' });
    return await (await fetch(page, { method: 'POST', body })).text();
  };
  expect(await answer('Mallory')).toContain('takes only an answer with');
  const own = { method: 'POST', body: new URLSearchParams({ inputId: question.inputId as string, response: 'yes' }) };
  const foreign = await fetch(page, { ...own, headers: { origin: 'http://evil.example' } });
  expect([foreign.status, await statusOf(page, `evil.example:${port}`)]).toEqual([403, 403]);
  const large = new URLSearchParams({ inputId: question.inputId as string, response: 'x'.repeat(200_000) });
  expect(await (await fetch(page, { method: 'POST', body: large })).text()).toContain('This is too long.');
  expect(await answer('Laurie')).toContain('Thank you.');
  expect(String(await run.result())).toContain('Dangerous task aborted.');
  await client.close();
});
