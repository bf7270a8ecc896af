import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { exportsOf, loadModule } from '../../src/worker/load-module';
import { modulePath } from '../../src/worker/module-path';

const folder = mkdtempSync(join(tmpdir(), 'countersign-modules-'));
const write = (name: string, code: string): string => {
  writeFileSync(join(folder, name), code);
  return join(folder, name);
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a module is named by its path, with or without its extension, or by a URL', () => {
  const path = write('named.js', 'exports.one = 1;');
  const url = pathToFileURL(path);
  for (const given of [path, path.slice(0, -'.js'.length), url, url.href]) expect(modulePath(given)).toBe(path);
});

test('in TypeScript .js means the .ts beside it, unless there is a .js', () => {
  const source = write('typed.ts', 'export const one: number = 1;');
  expect(modulePath(join(folder, 'typed.js'))).toBe(source);
  const compiled = write('typed.js', 'exports.one = 1;');
  expect(modulePath(join(folder, 'typed.js'))).toBe(compiled);
});

test.each<[string, string | URL, RegExp]>([
  ['a relative path', './workflows', /absolute path: require\.resolve/],
  ['a package', 'countersign', /absolute path/],
  ['a file that is not there', '/nowhere/workflows', /no such file/],
  ['a folder without an index', tmpdir(), /no such file/],
  ['a page', new URL('https://example.com/workflows.js'), /must be of scheme file/],
  ['nothing', '', /absolute path/],
])('%s is refused with what to write', (_what, given, message) => {
  expect(() => modulePath(given)).toThrow(
    expect.objectContaining({ code: 'INVALID_DEFINITION', message: expect.stringMatching(message) }),
  );
});

test('what a module throws while it is loaded is said, once', async () => {
  const path = write(
    'throws.js',
    'globalThis.loads = (globalThis.loads ?? 0) + 1; throw new TypeError("it has a bug");',
  );
  await expect(loadModule(path)).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringMatching(/throws\.js cannot be loaded: it has a bug$/),
  });
  expect((globalThis as { loads?: number }).loads).toBe(1);
});

test('all exports of a CommonJS module count, by whatever way it was loaded', () => {
  const module = { one: 1, two: 2 };
  expect(exportsOf({ default: module, one: 1 })).toEqual(module);
  expect(exportsOf(module)).toEqual(module);
});
