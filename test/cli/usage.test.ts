import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COUNTERSIGN, countersign, EXAMPLE, WORKER } from './program';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** One line that says what is wrong, and no stack. */
function expectOneLine(stderr: string, says: RegExp): void {
  const [line = '', ...rest] = stderr.trimEnd().split('\n');
  expect(line).toMatch(says);
  expect(rest).toEqual([]);
}

describe('help', () => {
  test('countersign --help names the commands and what the environment says', async () => {
    const { code, stdout, stderr } = await countersign(['--help']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const said of [
      'demo [options] <module> <agent>',
      'dev [options] [module]',
      'codec-server [options]',
      'OPENAI_API_KEY',
      'TEMPORAL_ADDRESS',
      'COUNTERSIGN_DEBUG',
    ]) {
      expect(stdout).toContain(said);
    }
  });

  test.each([
    ['demo', ['--message', '--answer', '--task-queue', '--tools', '--port']],
    ['dev', ['--task-queue', '--tools', '--port']],
  ])('countersign %s --help names its options', async (command, options) => {
    const { code, stdout } = await countersign([command, '--help']).ended;
    expect(code).toBe(0);
    for (const option of options) expect(stdout).toContain(option);
  });
});

test('countersign --version is the version of the package, and nothing else', async () => {
  const { code, stdout, stderr } = await countersign(['--version']).ended;
  const { version } = require('../../package.json') as { readonly version: string };
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('a command line that cannot be used is told so, with what can be', () => {
  const DEMO = /demo \[options\] <module> <agent>/;
  const DEV = /dev \[options\] \[module\]/;

  test.each([
    ['nothing', [], /name a command/, /countersign --help/],
    ['an unknown command', ['demmo'], /unknown command 'demmo' \(Did you mean demo\?\)/, /countersign --help/],
    ['an unknown option', ['demo', '--fast'], /unknown option '--fast'/, DEMO],
    ['a misspelt option', ['demo', '--mesage', 'x'], /\(Did you mean --message\?\)/, DEMO],
    ['an option without its value', ['demo', '--answer'], /--answer <text>' argument missing/, DEMO],
    ['an empty answer', ['demo', EXAMPLE, 'dangerousAgent', '--answer', ' '], /--answer .* not empty/, DEMO],
    ['demo without an agent', ['demo', EXAMPLE], /missing required argument 'agent'/, DEMO],
    ['a word too many', ['demo', EXAMPLE, 'dangerousAgent', 'again'], /too many arguments for 'demo'/, DEMO],
    ['an option of the other command', ['dev', '--answer', 'yes'], /unknown option '--answer'/, DEV],
    ['a port that is none', ['dev', '--port', 'http'], /--port <port>' argument 'http' is invalid\. Give a num/, DEV],
  ])('%s', async (_what, args, says, usage) => {
    const { code, stdout, stderr } = await countersign(args).ended;
    const [line = '', ...rest] = stderr.split('\n');
    expect(line).toMatch(says);
    expect(rest.join('\n')).toMatch(usage);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('what is wrong before anything is started is one line', () => {
  test('no terminal to ask at, and no --answer', async () => {
    const { code, stdout, stderr } = await countersign(['demo', EXAMPLE, 'dangerousAgent']).ended;
    expectOneLine(stderr, /There is no terminal to ask at: .*--answer/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('a module that is not there', async () => {
    const { code, stderr } = await countersign(['demo', 'nowhere.js', 'dangerousAgent', '--answer', 'yes']).ended;
    expectOneLine(stderr, /There is no module nowhere\.js/);
    expect(code).toBe(1);
  });

  test('a module that was not compiled', async () => {
    const source = 'examples/human-in-the-loop/workflows.ts';
    const { code, stderr } = await countersign(['demo', source, 'dangerousAgent', '--answer', 'yes']).ended;
    expectOneLine(stderr, /is TypeScript, .*compile it/);
    expect(code).toBe(1);
  });

  test('a module without the agent; the line names those it has', async () => {
    const { code, stderr } = await countersign(['demo', EXAMPLE, 'carefulAgent', '--answer', 'yes']).ended;
    expectOneLine(stderr, /has no agent "carefulAgent": it has dangerousAgent/);
    expect(code).toBe(1);
  });

  test('a module that throws; its stack only when COUNTERSIGN_DEBUG asks for it', async () => {
    const path = join(folder, 'throws.js');
    await writeFile(path, 'throw new Error("first line\\nsecond line");');
    const args = ['demo', path, 'dangerousAgent', '--answer', 'yes'];
    const { code, stderr } = await countersign(args).ended;
    expectOneLine(stderr, /cannot be loaded: first line second line/);
    expect(code).toBe(1);
    const debugged = await countersign(args, { env: { COUNTERSIGN_DEBUG: '1' } }).ended;
    expect(debugged.stderr).toMatch(/\n\s+at /);
  });

  test('tools that are no list', async () => {
    const path = join(folder, 'tools.js');
    await writeFile(path, 'exports.tools = {};');
    const { code, stderr } = await countersign(['dev', EXAMPLE, '--tools', path]).ended;
    expectOneLine(stderr, /does not export `tools`/);
    expect(code).toBe(1);
  });

  test('a model server that is named without a key', async () => {
    const env = { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' };
    const { code, stderr } = await countersign(['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes'], { env }).ended;
    expectOneLine(stderr, /there is no OPENAI_API_KEY: set it/);
    expect(code).toBe(1);
  });

  test('an old Node, before anything of ours is loaded', async () => {
    const path = join(folder, 'old-node.js');
    await writeFile(
      path,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });
       const { Module } = require('node:module');
       Module.prototype.require = (name) => { throw new Error('loaded ' + name); };`,
    );
    const { code, stderr } = await countersign(['--help'], { node: ['--require', path] }).ended;
    expectOneLine(stderr, /this is Node 18\.20\.4; install Node 20\.19, or 22\.12 or later/);
    expect(code).toBe(1);
  });
});

test('the programs under test are built', () => {
  for (const path of [COUNTERSIGN, EXAMPLE, WORKER]) expect(() => require.resolve(path)).not.toThrow();
});
