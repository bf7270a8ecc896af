/**
 * The programs that npm runs until somebody ends them, ended as a supervisor does: by a signal to npm.
 *
 * In a folder that has this package's scripts and files, but builds nothing, because other tests use what is built.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ownQueue } from './program';

const ROOT = join(__dirname, '../..');
const { scripts } = require('../../package.json') as { readonly scripts: Readonly<Record<string, string>> };

let folder: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-npm-'));
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const unbuilt = { ...manifest, scripts: { ...manifest.scripts, build: 'exit 0' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(unbuilt));
  for (const name of ['dist', 'build', 'node_modules']) await symlink(join(ROOT, name), join(folder, name));
});

afterAll(async () => {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  await rm(folder, { recursive: true });
});

// Only these: Windows' shell, which npm uses there, has no `exec`, and the first command must work everywhere.
test('scripts that run until somebody ends them become their program', () => {
  for (const name of ['dev', 'server', 'worker']) expect(scripts[name]).toMatch(/&& exec node \S+( [^&|;]*)?$/);
  expect(scripts['demo']).not.toContain('exec');
});

test.each([
  ['worker', [], { COUNTERSIGN_TASK_QUEUE: ownQueue() }, 'ready: task queue'],
  ['dev', ['--', '--task-queue', ownQueue()], {}, '\nready '],
])('npm run %s takes its program with it when npm is ended', async (script, args, env, ready) => {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...inherited } = process.env;
  const npm = spawn('npm', ['run', script, ...args], {
    cwd: folder,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // A group of its own, for what a failing test leaves.
  });
  running.add(npm);
  // Closed when nobody holds it any more: neither npm nor the program.
  const closed = new Promise((resolve) => npm.once('close', resolve));
  await new Promise<void>((resolve) => {
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes(ready)) resolve();
    });
  });
  npm.kill('SIGTERM');
  await closed;
  running.delete(npm);
});
