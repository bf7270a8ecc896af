import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from '@jest/globals';

const src = join(__dirname, '../../src');

/** What each part may import at run time. Types may come from anywhere. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  protocol: ['valibot', '@noble/hashes'],
  agent: ['protocol', 'valibot'],
  connection: ['protocol', '@temporalio/client', '@temporalio/envconfig', 'node:'],
  workflows: ['index', 'protocol', 'agent', '@temporalio/workflow', '@temporalio/common'],
  models: ['protocol', 'agent', 'openai', '@valibot/to-json-schema', 'node:crypto'],
  activities: ['protocol', 'agent', 'models', '@temporalio/activity', '@temporalio/common'],
  worker: [
    'protocol',
    'agent',
    'models',
    'activities',
    'connection',
    '@temporalio/worker',
    'openai',
    'node:fs',
    'node:path',
    'node:url',
  ],
  client: ['protocol', 'connection', '@temporalio/client', '@temporalio/common'],
  encryption: [
    'protocol',
    '@temporalio/common',
    '@temporalio/proto',
    '@temporalio/workflow',
    'node:crypto',
    'node:http',
  ],
  'ai-sdk': ['models'],
  index: ['protocol', 'agent'],
  testing: ['protocol', 'agent', 'connection', 'client', 'worker', 'openai', '@temporalio/', 'node:'],
  cli: [
    'protocol',
    'connection',
    'client',
    'encryption',
    'worker',
    'testing',
    '@temporalio/',
    'openai',
    'commander',
    'string-width',
    'node:',
  ],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** The part a file belongs to: its folder, or for an entry file its own name. */
function partOf(file: string): string {
  const [first = ''] = file.split(sep);
  return first.replace(/\.ts$/, '');
}

/** What a file imports at run time: a part of ours, or a package. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)([^;'"]*?\bfrom\s+)?['"]([^'"]+)['"]/gm);
  return [...statements]
    .filter(([, names]) => !isTypesOnly(names))
    .map(([, , target = '']) =>
      target.startsWith('.') ? partOf(relative(src, join(src, dirname(file), target))) : target,
    )
    .filter((target) => target !== partOf(file));
}

function isTypesOnly(names: string | undefined): boolean {
  const inner = names?.match(/^\{([^}]*)\}\s*from/)?.[1];
  return inner !== undefined && inner.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

test.each(files)('%s imports only what its part may', (file) => {
  const allowed = ALLOWED[partOf(file)];
  expect(allowed).toBeDefined();
  const forbidden = importsOf(file).filter(
    (target) =>
      !allowed?.some(
        (one) => target === one || target.startsWith(one.endsWith('/') || one.endsWith(':') ? one : `${one}/`),
      ),
  );
  expect(forbidden).toEqual([]);
});

/** What each room may import of the others beside it, types too. What stands above the rooms may import all. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  client: { server: [], stream: ['server'], requests: ['server'] },
  workflows: {
    link: [],
    questions: ['link'],
    run: ['link', 'questions'],
    context: ['link', 'questions', 'run'],
    loop: ['link', 'questions', 'run', 'context'],
    session: ['link', 'questions', 'run', 'context', 'loop'],
    guard: ['link', 'run', 'context'],
  },
};

test.each(
  Object.entries(ROOMS).flatMap(([part, rooms]) =>
    Object.entries(rooms).map(([room, below]) => ({ part, room, below })),
  ),
)('in $part the room $room imports only those below it', ({ part, room, below }) => {
  const own = files.filter((file) => file.startsWith(join(part, room) + sep));
  expect(own.length).toBeGreaterThan(0);
  const targets = own.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/from '(\.[^']+)'/g)]
      .map(([, target = '']) => relative(src, join(src, dirname(file), target)).split(sep))
      .flatMap(([other, name = '']) => (other === part && name !== room ? [name] : [])),
  );
  expect(targets.filter((name) => !below.includes(name))).toEqual([]);
});

test.each(Object.entries(ROOMS))('in %s every folder is a room with rules', (part, rooms) => {
  const paths = files.map((file) => file.split(sep)).filter(([first, ...rest]) => first === part && rest.length > 1);
  const folders = new Set(paths.map(([, name = '']) => name));
  expect([...folders].sort()).toEqual(Object.keys(rooms).sort());
});

test('a tool imports the package as a user does, and nothing of the tests', () => {
  const tools = join(__dirname, '../../tools');
  const targets = readdirSync(tools, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(tools, file), 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, target = '']) =>
        relative(tools, join(tools, dirname(file), target)),
      ),
    );
  expect(targets.length).toBeGreaterThan(100);
  expect(targets.filter((target) => target.startsWith('..') && !target.startsWith('../examples/'))).toEqual([]);
});

test('a connection of a client is opened in one place, so that none waits for the failed attempts of another', () => {
  const opens = (file: string): boolean => /\bConnection\.(connect|lazy)\(/.test(readFileSync(join(src, file), 'utf8'));
  expect(files.filter(opens)).toEqual([join('connection', 'open-connection.ts')]);
});

test('the check sees imports: the workflows part is found to import Temporal’s', () => {
  expect(importsOf(join('workflows', 'link', 'failure.ts'))).toEqual(
    expect.arrayContaining(['@temporalio/workflow', 'protocol']),
  );
});
