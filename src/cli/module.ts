/**
 * Module: the user's code, named on the command line.
 *
 * Checked before anything is started, so that a misspelt path or name is reported at once.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import type { Implementation } from '../worker';
import { loadModule } from '../worker/load-module';

/**
 * The file that a module's name means: a path from here, or a package.
 *
 * @throws Error when there is none.
 */
export function findModule(name: string): string {
  const require = createRequire(join(process.cwd(), 'here.js'));
  const path = resolved(require, resolve(name)) ?? resolved(require, name);
  if (path === undefined) {
    throw new Error(`There is no module ${name} (looked from ${process.cwd()}): check the path, and build it first.`);
  }
  if (/^\.[cm]?ts$/.test(extname(path))) {
    throw new Error(`${name} is TypeScript, which Node does not run: compile it, and name the .js file.`);
  }
  return path;
}

/** @throws Error when the module does not export a workflow of that name. */
export async function checkWorkflow(path: string, name: string): Promise<void> {
  const exported = await loadModule(path);
  if (typeof exported[name] === 'function') return;
  const agents = Object.keys(exported).filter(
    (key) => typeof exported[key] === 'function' && 'definition' in exported[key],
  );
  const has = agents.length === 0 ? 'it exports no agent' : `it has ${agents.join(', ')}`;
  throw new Error(`${path} has no agent "${name}": ${has}.`);
}

/** @throws Error when the module does not export a list called `tools`. */
export async function loadTools(path: string): Promise<readonly Implementation[]> {
  const { tools } = await loadModule(path);
  if (Array.isArray(tools)) return tools as readonly Implementation[];
  throw new Error(`${path} does not export \`tools\`: export a list of implement(tool, fn) under that name.`);
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
