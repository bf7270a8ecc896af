/**
 * Declared: the tools that this process has defined, and in which files.
 *
 * Lets a worker find activity tools that only a tool's body calls. Node only: a workflow must not know of other runs.
 *
 * @module
 */
import type { Tool } from './tool';

export interface Declared {
  readonly tool: Tool;
  /** As stack traces name it. Absent when they do not. */
  readonly file?: string;
}

/** By file and name, so that repeated definitions are kept once. */
const declared = new Map<string, Declared>();

/** @param by The function that made it, whose caller declares the tool. */
export function declare<T extends Tool>(tool: T, by: (...args: never[]) => unknown): T {
  if (typeof process === 'undefined' || process.versions?.node === undefined) return tool;
  const file = callerOf(by);
  const key = `${file ?? ''}\n${tool.name}`;
  declared.delete(key); // The latest comes last.
  declared.set(key, { tool, ...(file === undefined ? {} : { file }) });
  return tool;
}

/** In the order they were made. */
export function declaredTools(): readonly Declared[] {
  return [...declared.values()];
}

function callerOf(maker: (...args: never[]) => unknown): string | undefined {
  const at: { stack?: unknown } = {};
  Error.captureStackTrace(at, maker);
  if (typeof at.stack !== 'string') return undefined;
  const [, place] = /^\s*at (?:.*\()?(?:file:\/\/)?(.+?)(?:\?[^:]*)?:\d+:\d+\)?$/m.exec(at.stack) ?? [];
  return place;
}
