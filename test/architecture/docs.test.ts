import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('docs/errors.md has a part for each error code, and for no other', () => {
  const declared = /interface AgentErrorDetails \{([\s\S]*?)\n\}/.exec(read('src/protocol/errors.ts'))?.[1] ?? '';
  const codes = [...declared.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code]) => code);
  const parts = [...read('docs/errors.md').matchAll(/^## (\S+)/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(parts).toEqual(codes);
});

test('every file that the documents link to exists', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'examples/expense-report/README.md',
    ...readdirSync(join(root, 'docs'))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
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

test('a decision record has 40 lines at most', () => {
  const folder = join(root, 'docs/decisions');
  for (const file of readdirSync(folder))
    expect([file, read(`docs/decisions/${file}`).split('\n').length <= 40]).toEqual([file, true]);
});
