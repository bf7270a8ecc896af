/**
 * README programs: the code of a document, as a project of each kind writes it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';

export type Kind = 'CommonJS' | 'ES modules' | 'plain JavaScript';
export type Files = ReadonlyMap<string, string>;

const root = join(__dirname, '../..');

/** The TypeScript blocks of documents by the name in their first line, those that are continued in one. */
export function programsOf(...documents: readonly string[]): Files {
  const files = new Map<string, string>();
  const text = documents.map((document) => readFileSync(join(root, document), 'utf8')).join('\n');
  for (const [, name = '', code = ''] of text.matchAll(/```ts\n\/\/ (\S+?)(?:, continued)?\n([\s\S]*?)```/g)) {
    files.set(name, (files.get(name) ?? '') + code);
  }
  return files;
}

/** All that a newcomer is shown, as one project: the README's programs, those of the guides, and the form. */
export function shownPrograms(): Files {
  const form = readFileSync(join(root, 'examples/web-form/form.ts'), 'utf8');
  const guides = ['docs/answering.md', 'docs/tools.md', 'docs/models.md'];
  return new Map([...programsOf('README.md', ...guides), ['form.ts', form]]);
}

/** The files of a CommonJS project in a project of another kind, changed as README says and no more. */
export function writtenFor(kind: Kind, files: Files): Files {
  if (kind === 'CommonJS') return files;
  const extension = kind === 'ES modules' ? '.js' : '.mjs';
  return new Map(
    [...files].map(([name, code]) => {
      const modules = code
        .replace(/from '(\.{1,2}\/[^']+)'/g, `from '$1${extension}'`)
        .replace(/require\.resolve\('([^']+)'\)/g, `new URL('$1${extension}', import.meta.url)`);
      return kind === 'ES modules' ? [name, modules] : [name.replace(/\.ts$/, '.mjs'), withoutTypes(modules)];
    }),
  );
}

function withoutTypes(code: string): string {
  return transformSync(code, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  }).code;
}
