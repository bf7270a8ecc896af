/**
 * Small disk: a file system in memory that can be filled to the brim and freed again. Needs the right to mount.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Not a byte is left. */
  fill(): void;
  free(): void;
  unmount(): void;
}

/** Room for the runs and their write-ahead log. */
const SIZE = '96m';
const CHUNK = Buffer.alloc(4096, 'x');

/** @throws Error when it cannot be mounted. */
export function mountSmallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(`A full disk needs a small one to be mounted, which only root may do: ${String(error)}`, {
      cause: error,
    });
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, CHUNK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' }),
  };
}
