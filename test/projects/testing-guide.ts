/**
 * Testing guide: the code of docs/testing.md, as each test runner is given it.
 *
 * @module
 */
import { type Files, programsOf } from './readme-programs';

const guide = programsOf('docs/testing.md');

/** A project that jest runs without a flag. */
export function jestFiles(): Files {
  return withoutFragments();
}

/** The same with what the guide says of vitest, and no more. */
export function vitestFiles(): Files {
  return new Map(
    [...withoutFragments()].map(([name, code]) => [
      name,
      code
        .replace("'@jest/globals'", "'vitest'")
        .replace(
          /workflows: require\.resolve\('([^']+)'\),/g,
          "workflows: new URL('$1.ts', import.meta.url),\n    definitions: await import('$1'),",
        ),
    ]),
  );
}

/** Blocks that are no file begin with words. */
function withoutFragments(): Files {
  return new Map([...guide].filter(([name]) => name.includes('/')));
}
