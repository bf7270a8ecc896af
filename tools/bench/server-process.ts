/**
 * Server process: what the Temporal server's process holds, and the CPU time that it has used.
 *
 * Read from the system's list of processes, where a dev server is known by its port. A server that is
 * elsewhere, or of another kind, has none to be read.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Of /proc, on every Linux that Node runs on. Unit: milliseconds. */
const CPU_TICK_MS = 10;

type Server = { readonly address: string };

/** @returns Resident bytes; none when there is no such process, or no list. */
export async function serverResidentBytes(server: Server): Promise<number | undefined> {
  const listed = await listedAs(server);
  return listed === undefined ? undefined : listed.residentBytes;
}

/** @returns Milliseconds of all its threads; none when there is no such process, or no /proc. */
export async function serverCpuMs(server: Server): Promise<number | undefined> {
  const listed = await listedAs(server);
  const stat = await readFile(`/proc/${listed?.pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // After the command's name in brackets comes the 3rd field; user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CPU_TICK_MS;
}

async function listedAs({ address }: Server): Promise<{ pid: number; residentBytes: number } | undefined> {
  const port = address.split(':').at(-1);
  const list = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,rss=,args='], { maxBuffer: 2 ** 26 }).catch(
    () => undefined,
  );
  const line = list?.stdout
    .split('\n')
    .find((one) => one.includes(' server start-dev ') && `${one} `.includes(` --port ${port} `));
  const [, pid, kilobytes] = /^\s*(\d+)\s+(\d+)/.exec(line ?? '') ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), residentBytes: Number(kilobytes) * 1024 };
}
