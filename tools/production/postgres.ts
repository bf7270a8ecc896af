/**
 * PostgreSQL: a cluster of its own in a folder, on loopback, with a password.
 *
 * It refuses to run as root: there it runs as the system's user `postgres`.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Child } from './child';

export const DATABASE_USER = 'temporal';

export interface Postgres {
  readonly port: number;
  readonly password: string;
  readonly child: Child;
  /** Starts it when it does not run, and resolves when it takes connections. @throws Error after a minute. */
  serve(): Promise<void>;
}

export interface PostgresOptions {
  /** Its folder; made when it is not there. */
  readonly folder: string;
  readonly port: number;
  readonly binaries: string;
  /** The folder that it is in was made just now, for it. */
  readonly isNew: boolean;
}

/** Made, not started. */
export async function preparePostgres({ folder, port, binaries, isNew }: PostgresOptions): Promise<Postgres> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const making = `${data}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, crypto.randomUUID(), { mode: 0o600 });
    const owner = await ownerOf();
    if (owner !== undefined) {
      for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
      if (isNew) chmodSync(join(folder, '..'), 0o711); // For its way there.
    }
    const [command, ...args] = unprivileged(join(binaries, 'initdb'), [
      '--encoding=UTF8',
      '--auth=scram-sha-256',
      `--username=${DATABASE_USER}`,
      `--pwfile=${passwordFile}`,
      `--pgdata=${making}`,
    ]);
    await promisify(execFile)(command, args, { cwd: '/' }).catch((error: unknown) => {
      const hint = owner === undefined ? '' : ' As root, choose a folder that the user "postgres" can reach.';
      throw new Error(`The database could not be made in ${folder}.${hint} ${String(error)}`, { cause: error });
    });
    renameSync(making, data); // Whole, or not there.
  }
  const [command, ...args] = unprivileged(join(binaries, 'postgres'), [
    '--listen_addresses=127.0.0.1',
    '--max_connections=100',
    `--port=${port}`,
    '--unix_socket_directories=',
    '-D',
    data,
  ]);
  const child = new Child({
    command,
    args,
    logFile: join(folder, '..', 'postgres.log'),
    stopSignal: 'SIGINT', // Its "fast shutdown": connections are ended.
  });
  return {
    port,
    password: readFileSync(passwordFile, 'utf8'),
    child,
    serve: async () => await accepting(port, child),
  };
}

/** With root's rights, the command that gives them up. */
function unprivileged(command: string, args: readonly string[]): [string, ...string[]] {
  if (process.getuid?.() !== 0) return [command, ...args];
  return ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--', command, ...args];
}

async function ownerOf(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/**
 * A start-up packet of its protocol is answered with an error while it recovers. One that was killed leaves processes which
 * end within a second or two: until then it will not start.
 */
async function accepting(port: number, child: Child): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await delay(50)) {
    child.start();
    if ((await greeting(port)) === 'R') return;
  }
  throw new Error(`PostgreSQL takes no connections on port ${port} after a minute; see its log.`);
}

/** @returns The type of its first message: `R` asks for a password, `E` is an error. */
function greeting(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const body = Buffer.from(`\0\x03\0\0user\0${DATABASE_USER}\0database\0postgres\0\0`, 'latin1');
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    const end = (type: string): void => {
      socket.destroy();
      resolve(type);
    };
    socket.once('connect', () => socket.write(Buffer.concat([length, body])));
    socket.once('data', (data) => end(data.toString('latin1', 0, 1)));
    socket.once('error', () => end(''));
    socket.once('close', () => end(''));
  });
}
