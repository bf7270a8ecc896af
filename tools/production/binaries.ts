/**
 * Binaries: the Temporal server and its schema tool, and PostgreSQL's.
 *
 * Temporal publishes no packages of them; they are built from source with Go, once, and kept. PostgreSQL is
 * the system's.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** As in docker-compose.yml. */
const SERVER_VERSION = '1.32.0';
const MODULE = 'go.temporal.io/server';

export interface Binaries {
  readonly server: string;
  readonly sqlTool: string;
  /** Folder of `initdb` and `postgres`. */
  readonly postgres: string;
}

/** @throws Error with what to install, when something is missing and cannot be built. */
export async function findBinaries(say: (line: string) => void): Promise<Binaries> {
  return { ...(await temporalBinaries(say)), postgres: postgresFolder() };
}

async function temporalBinaries(say: (line: string) => void): Promise<Omit<Binaries, 'postgres'>> {
  const folder = join(
    process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
    'countersign/bin',
    `temporal-server-${SERVER_VERSION}`,
  );
  const found = { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
  if (existsSync(found.server) && existsSync(found.sqlTool)) return found;
  say(`Building Temporal server ${SERVER_VERSION} from source, once. This takes up to 10 minutes.`);
  await mkdir(join(folder, '..'), { recursive: true });
  const building = await mkdtemp(`${folder}.building-`);
  try {
    const packages = ['cmd/server', 'cmd/tools/sql'].map((path) => `${MODULE}/${path}@v${SERVER_VERSION}`);
    await promisify(execFile)('go', ['install', ...packages], {
      env: { ...process.env, GOBIN: building },
      maxBuffer: 2 ** 26,
    });
    // Somebody else may have built it meanwhile.
    await rename(building, folder).catch((error: unknown) => {
      if (!existsSync(found.server)) throw error;
    });
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' && syscall?.startsWith('spawn') === true;
    const why = isMissing ? 'Go is not installed (https://go.dev/dl)' : String(error);
    throw new Error(`Temporal server ${SERVER_VERSION} could not be built: ${why}`, { cause: error });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return found;
}

function postgresFolder(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
  if (found !== undefined) return found;
  throw new Error('PostgreSQL was not found: install it (on Debian: apt-get install postgresql), version 12 or later.');
}
