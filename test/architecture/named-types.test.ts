import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

/*
 * With `declaration: true` TypeScript writes the types of what a project exports, and can name only what a package's
 * entries export (TS2742, TS2883). Read from the declarations in dist/, as tsc writes them.
 */

const dist = join(__dirname, '../../dist');
const entries: readonly (readonly [string, string])[] = Object.entries(
  (JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8')) as { exports: Record<string, { types?: string }> })
    .exports,
).flatMap(([name, { types }]) => (types === undefined ? [] : [[name, join(dist, '..', types)] as const]));

interface Declared {
  readonly name: string;
  readonly kind: 'interface' | 'class' | 'type' | 'value';
  readonly text: string;
}

interface Declarations {
  readonly own: ReadonlyMap<string, readonly Declared[]>;
  /** Local name to file and its name there; `*` for a whole module. */
  readonly imported: ReadonlyMap<string, readonly [file: string, name: string]>;
  readonly reexported: ReadonlyMap<string, readonly [file: string, name: string]>;
  readonly stars: readonly string[];
}

const read = new Map<string, Declarations>();

function declarationsOf(file: string): Declarations {
  const known = read.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const target = (from: string): string => {
    const path = join(dirname(file), from);
    return [`${path}.d.ts`, join(path, 'index.d.ts')].find((one) => existsSync(one)) as string;
  };
  const own = new Map<string, Declared[]>();
  const imported = new Map<string, readonly [string, string]>();
  const reexported = new Map<string, readonly [string, string]>();
  const stars: string[] = [];
  for (const [, verb, names = '', from = ''] of text.matchAll(
    /^(import|export) (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm,
  )) {
    for (const name of names.split(',').map((one) => one.trim().replace(/^type /, ''))) {
      const [there = '', here = there] = name.split(' as ');
      if (there !== '') (verb === 'import' ? imported : reexported).set(here, [target(from), there]);
    }
  }
  for (const [, from = ''] of text.matchAll(/^export (?:type )?\* from '(\.[^']*)'/gm)) stars.push(target(from));
  for (const chunk of text.split(
    /^(?=(?:export )?(?:declare )?(?:interface|abstract class|class|type|const|function) )/m,
  )) {
    const [, word, name] = /^(?:export )?(?:declare )?(interface|class|type|const|function) (\w+)/.exec(chunk) ?? [];
    if (word === undefined || name === undefined) continue;
    const kind = word === 'const' || word === 'function' ? 'value' : (word as Declared['kind']);
    own.set(name, [...(own.get(name) ?? []), { name, kind, text: chunk }]);
  }
  const all = { own, imported, reexported, stars };
  read.set(file, all);
  return all;
}

function exportsOf(file: string): ReadonlyMap<string, readonly [file: string, name: string]> {
  const { own, reexported, stars } = declarationsOf(file);
  const all = new Map<string, readonly [string, string]>();
  for (const star of stars) for (const [name, where] of exportsOf(star)) all.set(name, where);
  for (const [name, declared] of own)
    if (declared.some(({ text }) => text.startsWith('export '))) all.set(name, [file, name]);
  for (const [name, [from, there]] of reexported) all.set(name, exportsOf(from).get(there) ?? [from, there]);
  return all;
}

/** All declaration files that come with one: what other entries among them export can be named by these. */
function filesOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const { imported, reexported, stars } = declarationsOf(file);
  for (const next of [...[...imported.values(), ...reexported.values()].map(([from]) => from), ...stars])
    filesOf(next, found);
  return found;
}

/** Interfaces and classes that the types of an entry's exports mention, and the entry does not export. */
function unnamed(entry: string): readonly string[] {
  const exported = exportsOf(entry);
  const loaded = filesOf(entry);
  const reachable = entries.filter(([, file]) => loaded.has(file)).flatMap(([, file]) => [...exportsOf(file).values()]);
  const places = new Set(reachable.map((where) => where.join(' ')));
  const missing = new Set<string>();
  const seen = new Set<string>();
  const walk = ([file, name]: readonly [string, string], isNamed: boolean): void => {
    const { own, imported } = declarationsOf(file);
    const follow = (words: string, areNamed: boolean): void => {
      for (const [word] of words.matchAll(/(?<![.\w])[A-Z]\w*/g)) {
        const from = imported.get(word);
        if (word !== name && own.has(word)) walk([file, word], areNamed);
        else if (from !== undefined) walk(exportsOf(from[0]).get(from[1]) ?? from, areNamed);
      }
    };
    const place = `${file} ${name}`;
    if (isNamed && !places.has(place) && own.get(name)?.some(({ kind }) => kind === 'interface' || kind === 'class'))
      missing.add(`${name} (${relative(dist, file)})`);
    if (seen.has(place)) return;
    seen.add(place);
    for (const { text } of own.get(name) ?? []) {
      const [, base = '', rest = text] =
        /^(?:export )?(?:declare )?(?:interface|class) [^{]*? extends ([^{]*)(\{[\s\S]*)$/.exec(text) ?? [];
      // What is inherited is written as the interface that inherits it.
      follow(base, false);
      follow(rest.replace(/'[^']*'/g, ''), true);
    }
  };
  for (const where of exported.values()) walk(where, true);
  return [...missing].sort();
}

test.each(entries)('countersign%s exports every interface that its declarations mention', (_name, entry) => {
  expect(unnamed(entry)).toEqual([]);
});

test('every entry names each of its values, so that all loaders of ES modules find them', () => {
  const stars = entries.filter(([, types]) =>
    readFileSync(types.replace(/\.d\.ts$/, '.js'), 'utf8').includes('__exportStar(require('),
  );
  expect(stars).toEqual([]);
});

test('what a run speaks of is exported for workflows and for clients', () => {
  const load = (file: string): object => require(join(dist, file)) as object;
  const [all, workflow, client] = [load('index.js'), load('workflows/index.js'), load('client.js')].map(Object.keys);
  const [errors, events, messages] = ['errors', 'events', 'messages'].map((file) =>
    Object.keys(load(`protocol/${file}.js`)),
  );
  expect(all).toEqual(expect.arrayContaining([errors, events, messages].flat()));
  expect(workflow).toEqual(expect.arrayContaining(all as string[]));
  expect(client).toEqual(expect.arrayContaining([errors, events].flat()));
});
