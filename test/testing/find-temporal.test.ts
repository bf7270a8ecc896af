import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findTemporal } from '../../src/testing';
import { BUILT_NAME } from '../../src/testing/install-temporal';

/** A machine with nothing on it but what a test puts there: an empty PATH and caches, and no way to the internet. */
interface Machine {
  readonly env: Readonly<Record<string, string>>;
  readonly pathFolder: string;
  readonly cacheFolder: string;
  readonly temporaryFolder: string;
}

async function withMachine(body: (machine: Machine) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'countersign-'));
  const pathFolder = join(root, 'path');
  const temporaryFolder = join(root, 'tmp');
  const cacheFolder = join(root, 'cache', 'countersign', 'bin');
  await Promise.all([pathFolder, temporaryFolder].map((folder) => mkdir(folder)));
  const nowhere = 'http://127.0.0.1:9';
  const env = {
    PATH: pathFolder,
    XDG_CACHE_HOME: join(root, 'cache'),
    HOME: root,
    TMPDIR: temporaryFolder,
    HTTPS_PROXY: nowhere,
    https_proxy: nowhere,
  };
  try {
    await body({ env, pathFolder, cacheFolder, temporaryFolder });
  } finally {
    await rm(root, { recursive: true });
  }
}

/** Puts a shell script there, in place of a program. */
async function program(folder: string, name: string, script: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return join(folder, name);
}

const SAYS_VERSION = 'echo "temporal version 1.2.3 (Server 1.29.1)"';
const BUILDS = '[ "$1" = build ]';
/** `go build -C FOLDER -mod=mod -v -o NAME PACKAGE` that makes a working `temporal`, with a line for each package. */
const GO = `
if ${BUILDS}; then
  echo some/package >&2
  cd "$3"
  printf '#!/bin/sh\\n${SAYS_VERSION}\\n' > "$7"
  /bin/chmod 755 "$7"
fi`;

test('a running server named by TEMPORAL_ADDRESS comes before anything else', async () => {
  await withMachine(async ({ env, pathFolder }) => {
    await program(pathFolder, 'temporal', SAYS_VERSION);
    const found = await findTemporal({ env: { ...env, TEMPORAL_ADDRESS: 'temporal.example:7233' } });
    expect(found).toEqual({ kind: 'running', address: 'temporal.example:7233' });
  });
});

test('temporal on PATH comes before a binary that was kept', async () => {
  await withMachine(async ({ env, pathFolder, cacheFolder }) => {
    await program(cacheFolder, BUILT_NAME, SAYS_VERSION);
    const path = await program(pathFolder, 'temporal', SAYS_VERSION);
    expect(await findTemporal({ env })).toEqual({ kind: 'binary', path });
  });
});

test('a program on PATH that is broken, or is no Temporal, is passed over', async () => {
  await withMachine(async ({ env, pathFolder, cacheFolder }) => {
    const second = join(pathFolder, 'second');
    await program(pathFolder, 'temporal', 'exit 1');
    await program(second, 'temporal', 'echo temporary');
    const path = await program(cacheFolder, BUILT_NAME, SAYS_VERSION);
    expect(await findTemporal({ env: { ...env, PATH: `${pathFolder}:${second}` } })).toEqual({ kind: 'binary', path });
  });
});

test('what is kept is used without a download: ours first, then the newest of the SDK', async () => {
  await withMachine(async ({ env, cacheFolder, temporaryFolder }) => {
    const lines: string[] = [];
    const find = () => findTemporal({ env, onProgress: (line) => lines.push(line) });
    await program(temporaryFolder, 'temporal-sdk-typescript-1.23.0', SAYS_VERSION);
    await program(temporaryFolder, 'temporal-sdk-typescript-1.24.0.downloading', SAYS_VERSION);
    const newest = await program(temporaryFolder, 'temporal-sdk-typescript-1.24.0', SAYS_VERSION);
    expect(await find()).toEqual({ kind: 'binary', path: newest });
    const ours = await program(cacheFolder, BUILT_NAME, SAYS_VERSION);
    expect(await find()).toEqual({ kind: 'binary', path: ours });
    expect(lines).toEqual([]);
  });
});

test('where there is nothing it is built with Go, kept whole, and not built again', async () => {
  await withMachine(async ({ env, pathFolder, cacheFolder }) => {
    const lines: string[] = [];
    const find = () => findTemporal({ env, onProgress: (line) => lines.push(line) });
    await program(pathFolder, 'go', GO);
    const built = { kind: 'binary', path: join(cacheFolder, BUILT_NAME) };
    expect(await find()).toEqual(built);
    expect(lines).toContainEqual(expect.stringContaining('Building the Temporal dev server from source'));
    expect(await readdir(cacheFolder)).toEqual([BUILT_NAME]);
    await program(pathFolder, 'go', 'exit 1');
    expect(await find()).toEqual(built);
  });
});

test('a build that takes long is reported again and again', async () => {
  await withMachine(async ({ env, pathFolder }) => {
    const reports: string[] = [];
    const reported = join(String(env.HOME), 'reported');
    // The build ends when it has been reported twice.
    const waiting = `while ${BUILDS} && [ ! -e "${reported}" ]; do /bin/sleep 0.05; done`;
    await program(pathFolder, 'go', `${GO}\n${waiting}`);
    const onProgress = (line: string) => {
      if (/^Building .* \d s, 1 packages/.test(line) && reports.push(line) === 2) writeFileSync(reported, '');
    };
    await findTemporal({ env, onProgress });
    expect(reports).toHaveLength(2);
  });
});

test('a build that fails leaves nothing behind, and the error says what was tried and what to do', async () => {
  await withMachine(async ({ env, pathFolder, cacheFolder }) => {
    await program(pathFolder, 'go', `if ${BUILDS}; then echo "no space left" >&2; exit 2; fi`);
    const failure: unknown = await findTemporal({ env, onProgress: () => undefined }).catch((error) => error);
    for (const part of [
      'Install the Temporal CLI',
      'TEMPORAL_ADDRESS=host:port',
      '- temporal on PATH: not there',
      `- a binary kept in ${cacheFolder}: not there`,
      '- the download of the Temporal SDK: ',
      '- a build with Go: go failed with code 2: no space left',
    ]) {
      expect(String(failure)).toContain(part);
    }
    expect(await readdir(cacheFolder)).toEqual([]);
  });
});
