/**
 * Claim: one server in a folder at a time. Two would be told apart by nothing but their ports.
 *
 * @module
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of this process: another one can have had its number. */
const ours = new Set<string>();

/** @returns Gives it back. @throws Error when a process that lives has it. */
export function claim(folder: string): () => void {
  const file = join(folder, 'process');
  const owner = ownerOf(file);
  if (owner !== undefined && (owner === process.pid ? ours.has(file) : isAlive(owner))) {
    throw new Error(`A server is in ${folder} already, process ${owner}: stop it first, or choose another folder.`);
  }
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: 'wx' });
  ours.add(file);
  return () => {
    if (ours.delete(file)) rmSync(file, { force: true });
  };
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
