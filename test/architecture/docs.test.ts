import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(__dirname, '../..');
/** Their paths are those of the reader's own project. */
const OF_A_USERS_PROJECT = ['docs/testing.md', 'docs/projects.md'];
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('docs/errors.md has a part for each error code, and for no other', () => {
  const declared = /interface AgentErrorDetails \{([\s\S]*?)\n\}/.exec(read('src/protocol/errors.ts'))?.[1] ?? '';
  const codes = [...declared.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code]) => code);
  const parts = [...read('docs/errors.md').matchAll(/^## (\S+)/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(parts).toEqual(codes);
});

test('every file that the documents link to exists', () => {
  const examples = ['expense-report', 'web-form'].map((name) => `examples/${name}/README.md`);
  const documents = ['README.md', 'CONTRIBUTING.md', ...examples, ...pages('docs')];
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target = '']) => join(document, '..', target))
      .filter((target) => {
        try {
          readdirSync(join(root, target));
          return false;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code === 'ENOENT';
        }
      }),
  );
  expect(broken).toEqual([]);
});

test('every file of this repository that a document names exists', () => {
  const missing = ['CONTRIBUTING.md', ...pages('docs'), ...pages('docs/decisions')]
    .filter((document) => !OF_A_USERS_PROJECT.includes(document))
    .flatMap((document) =>
      [...read(document).matchAll(/`((?:src|test|tools|docker)\/[\w./-]*)(\*?)/g)]
        .filter(([, path = '', wildcard]) => !(wildcard ? hasBeginning(path) : existsSync(join(root, path))))
        .map(([, path]) => `${document}: ${path}`),
    );
  expect(missing).toEqual([]);
});

function pages(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`);
}

function hasBeginning(path: string): boolean {
  const file = basename(path);
  return readdirSync(join(root, dirname(path))).some((name) => name.startsWith(file));
}

test('a decision record has 300 words at most', () => {
  const folder = join(root, 'docs/decisions');
  for (const file of readdirSync(folder))
    expect([file, read(`docs/decisions/${file}`).trim().split(/\s+/).length <= 300]).toEqual([file, true]);
});
