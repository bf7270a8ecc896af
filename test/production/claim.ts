/**
 * Claim: one server in a folder at a time. Two would be told apart by nothing but their ports.
 *
 * @module
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns Gives it back. @throws Error when a process that lives has it. */
export function claim(folder: string): () => void {
  const file = join(folder, 'process');
  const owner = ownerOf(file);
  if (owner !== undefined) {
    throw new Error(`A server is in ${folder} already, process ${owner}: stop it first, or choose another folder.`);
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** None: nobody, or a process that was killed. */
function ownerOf(file: string): number | undefined {
  try {
    const id = Number(readFileSync(file, 'utf8'));
    process.kill(id, 0);
    return id;
  } catch {
    return undefined;
  }
}
