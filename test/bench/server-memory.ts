/**
 * Server memory: what the Temporal server's process holds.
 *
 * Read from the system's list of processes, where a dev server is known by its port. A server that is
 * elsewhere, or of another kind, has none to be read.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** @returns Resident bytes; none when there is no such process, or no list. */
export async function serverResidentBytes({ address }: { readonly address: string }): Promise<number | undefined> {
  const port = address.split(':').at(-1);
  const listed = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'rss=,args='], { maxBuffer: 2 ** 26 }).catch(
    () => undefined,
  );
  const line = listed?.stdout
    .split('\n')
    .find((one) => one.includes(' server start-dev ') && `${one} `.includes(` --port ${port} `));
  return line === undefined ? undefined : Number.parseInt(line, 10) * 1024;
}
