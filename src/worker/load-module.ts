/**
 * Load module: loads the user's workflows module in Node, beside its bundle for the sandbox.
 *
 * By `require` first, which jest, ts-node and others hook into and Node supports for ES modules; by `import()` where
 * that fails, as with a top-level await.
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import { AgentError, errorText, isAgentError, isPlainObject } from '../protocol';

export type LoadedModule = Readonly<Record<string, unknown>>;

/**
 * @param path As `modulePath` gives it.
 * @throws AgentError `INVALID_DEFINITION` when it cannot be loaded.
 */
export async function loadModule(path: string): Promise<LoadedModule> {
  try {
    return exportsOf(await load(path));
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError(
      'INVALID_DEFINITION',
      `The workflows module ${path} cannot be loaded: ${errorText(error)}${adviceFor(path)}`,
      { name: path },
      { cause: error },
    );
  }
}

/** A module's exports by name. `import` gives all those of a CommonJS module under `default` and only some by name. */
export function exportsOf(module: unknown): LoadedModule {
  const { default: all, ...named } = (typeof module === 'object' && module !== null ? module : {}) as LoadedModule;
  return { ...(isPlainObject(all) ? all : {}), ...named };
}

async function load(path: string): Promise<unknown> {
  try {
    return require(path) as unknown;
  } catch (error) {
    if (isAgentError(error) || !isModuleKind(error)) throw error;
    return await importing(path, error);
  }
}

async function importing(path: string, first: unknown): Promise<unknown> {
  try {
    return (await import(pathToFileURL(path).href)) as unknown;
  } catch (error) {
    // Without `import()` (jest without a flag), or without a loader for the file, `require`'s error is the real one.
    throw NO_IMPORT.includes(codeOf(error)) ? first : error;
  }
}

const NO_IMPORT: readonly unknown[] = [
  'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING',
  'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG',
  'ERR_UNKNOWN_FILE_EXTENSION',
];

/** Whether loading failed for the kind of module, not for what it does. */
function isModuleKind(error: unknown): boolean {
  const code = codeOf(error);
  if (typeof code === 'string' && /^ERR_REQUIRE_|^ERR_UNKNOWN_FILE_EXTENSION$/.test(code)) return true;
  // Loaders that compile to CommonJS throw these for what it does not have, such as a top-level await.
  return nameOf(error) === 'SyntaxError' || nameOf(error) === 'TransformError';
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
}

function adviceFor(path: string): string {
  return /\.[cm]?tsx?$/.test(path)
    ? ' (Node alone does not load TypeScript as your project writes it: where a test runner or bundler does, as vitest, give createWorker the loaded module too, {workflows, definitions: await import(...)}; else compile it first.)'
    : '';
}
