/**
 * Module path: resolves the file of the workflows module from any way of naming it.
 *
 * Bundler and Node must take the same file, so it is settled once.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentError, errorText } from '../protocol';

/**
 * @param given An absolute path, with or without its extension, or a `file:` URL. `.js` may mean a `.ts`, as in TypeScript.
 * @throws AgentError `INVALID_DEFINITION` when there is no such file.
 */
export function modulePath(given: string | URL): string {
  const path = pathOf(given);
  const found = candidates(path).find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
  if (found !== undefined) return found;
  throw wrong(`The workflows module ${path} cannot be loaded: there is no such file`, path);
}

function pathOf(given: unknown): string {
  if (given instanceof URL || isUrl(given) || (typeof given === 'string' && given.startsWith('file:'))) {
    try {
      return fileURLToPath(String(given));
    } catch (error) {
      throw wrong(`The workflows module ${String(given)} cannot be loaded: ${errorText(error)}`, String(given));
    }
  }
  if (typeof given === 'string' && isAbsolute(given)) return given;
  throw wrong(`The workflows module cannot be loaded from ${JSON.stringify(given) ?? String(given)}`, String(given));
}

/** A test runner has its own URL class. */
function isUrl(given: unknown): given is URL {
  return Object.prototype.toString.call(given) === '[object URL]';
}

function candidates(path: string): readonly string[] {
  return [
    path,
    ...(path.endsWith('.js') ? [`${path.slice(0, -'.js'.length)}.ts`] : []),
    ...EXTENSIONS.map((extension) => `${path}${extension}`),
    ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
  ];
}

const EXTENSIONS = ['.js', '.ts', '.cjs', '.mjs'];

function wrong(problem: string, name: string): AgentError {
  return new AgentError(
    'INVALID_DEFINITION',
    `${problem}. Give an absolute path: require.resolve('./workflows'), or in an ES module new URL('./workflows.js', import.meta.url).`,
    { name },
  );
}
