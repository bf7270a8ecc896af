/**
 * Called tools: activity tools that a body may call by `ctx.callTool`, which no agent lists.
 *
 * Code cannot be inspected, so these are the tools declared while the workflows module was loaded, and those in a file
 * from which the worker has a tool anyway. Packages are left out: nobody uses all of a library.
 *
 * @module
 */
import { declaredTools, type Tool } from '../agent';
import { AgentError } from '../protocol';

const madeBy = new Map<string, ReadonlySet<Tool>>();
let loading: Promise<unknown> = Promise.resolve();

/** Loads a module and remembers which tools that declared. One at a time, since nothing else tells them apart. */
export async function declaring<T>(path: string, load: () => Promise<T>): Promise<T> {
  const mine = loading.then(async () => {
    const before = new Set(declaredTools().map(({ tool }) => tool));
    const loaded = await load();
    const made = declaredTools().flatMap(({ tool }) => (before.has(tool) ? [] : [tool]));
    madeBy.set(path, new Set([...(madeBy.get(path) ?? []), ...made]));
    return loaded;
  });
  loading = mine.catch(() => undefined);
  return await mine;
}

export interface WorkersTools {
  /** Tools of its agents, and exported by its module. */
  readonly reached: readonly Tool[];
  readonly implemented: readonly Tool[];
  /** Declared beside them, and said not to be called. */
  readonly unserved: readonly Tool[];
}

/** @throws AgentError `INVALID_OPTION` when one of the `unserved` is a tool of its agents. */
export function checkUnserved({ reached, unserved }: Pick<WorkersTools, 'reached' | 'unserved'>): void {
  const named = namesOf(unserved);
  const wanted = reached.find(({ name }) => named.has(name));
  if (wanted === undefined) return;
  throw new AgentError(
    'INVALID_OPTION',
    `The tool "${wanted.name}" is among the unserved, but an agent has it or the workflows module exports it: implement it.`,
    { of: 'createWorker', option: 'unserved' },
  );
}

/** @throws AgentError `TOOL_NOT_IMPLEMENTED`. */
export function checkCalledTools(path: string, tools: WorkersTools): void {
  const [unserved, implemented] = [namesOf(tools.unserved), namesOf(tools.implemented)];
  const missing = [...namesOf(calledTools(path, tools))].filter(
    (name) => !implemented.has(name) && !unserved.has(name),
  );
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(', ');
  throw new AgentError(
    'TOOL_NOT_IMPLEMENTED',
    `This worker has no implementation of ${names}, declared beside the tools of its agents: the body of one may call it. Pass implement(tool, fn) for each in createWorker({tools: [...]}), or name those that no agent of this worker calls in createWorker({unserved: [...]}).`,
    { tools: missing },
  );
}

function calledTools(path: string, { reached, implemented }: WorkersTools): readonly Tool[] {
  const known = new Set<Tool>([...reached, ...implemented]);
  const own = declaredTools().filter(({ file }) => file === undefined || !/[\\/]node_modules[\\/]/.test(file));
  const files = new Set(own.flatMap(({ tool, file }) => (known.has(tool) && file !== undefined ? [file] : [])));
  const made = madeBy.get(path) ?? new Set();
  return own.flatMap(({ tool, file }) => {
    if (tool.kind !== 'activity' || tool.options.taskQueue !== undefined) return []; // That is served elsewhere.
    return made.has(tool) || (file !== undefined && files.has(file)) ? [tool] : [];
  });
}

function namesOf(tools: readonly Tool[]): ReadonlySet<string> {
  return new Set(tools.map(({ name }) => name));
}
