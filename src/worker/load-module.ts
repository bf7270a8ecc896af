/**
 * Load module: the user's workflows module in Node, beside its bundle for the sandbox.
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import { AgentError, errorText } from '../protocol';

/** @throws AgentError `INVALID_DEFINITION` when it cannot be loaded. */
export async function loadModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const loaded = (await import(pathToFileURL(require.resolve(path)).href)) as Record<string, unknown>;
    // A CommonJS module's exports are all under `default`; only some have a name of their own.
    const { default: all, ...named } = loaded;
    return { ...(typeof all === 'object' && all !== null ? all : {}), ...named };
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'INVALID_DEFINITION')
      throw error;
    throw new AgentError('INVALID_DEFINITION', `The workflows module ${path} cannot be loaded: ${errorText(error)}`, {
      name: path,
    });
  }
}
