import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePort } from '../../src/testing/free-port';
import { countersign, EXAMPLE, ownQueue } from './program';

test('on a machine without the Temporal CLI the first demo has it built, says so now and then, and comes to its end', async () => {
  const root = await mkdtemp(join(tmpdir(), 'countersign-first-'));
  const reported = join(root, 'reported');
  // In place of Go: builds until that was told, and gives the real binary then.
  const go = `#!/bin/sh
    [ "$1" = build ] || exit 0
    echo some/package
    while [ ! -e ${reported} ]; do /bin/sleep 0.05; done
    exec /bin/cp ${process.env['COUNTERSIGN_TEST_TEMPORAL']} "$3/$7"
  `;
  for (const folder of ['path', 'tmp']) await mkdir(join(root, folder));
  await writeFile(join(root, 'path/go'), go, { mode: 0o755 });
  const nowhere = 'http://127.0.0.1:9';
  const machine = {
    PATH: join(root, 'path'),
    HOME: root,
    XDG_CACHE_HOME: join(root, 'cache'),
    TMPDIR: join(root, 'tmp'),
  };
  const env = { ...machine, TEMPORAL_ADDRESS: undefined, HTTPS_PROXY: nowhere, https_proxy: nowhere };
  // On a port of its own, because others may have a server at the usual one.
  const args = ['demo', EXAMPLE, 'dangerousAgent', '--answer', 'yes', '--task-queue', ownQueue()];
  const program = countersign([...args, '--port', String(await freePort())], { env });
  await program.prints('Building the Temporal dev server from source, once.', '(once): ', ' s, 1 packages.\n');
  await writeFile(reported, '');
  const { code, stdout, stderr } = await program.ended;
  await rm(root, { recursive: true });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Temporal .* started here and gone when this ends$/m);
  expect(stdout).toContain('Dangerous task completed successfully.');
  const builds = stdout.match(/^Building .*$/gm) ?? [];
  expect(new Set(builds).size).toBe(builds.length);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}, 60_000);
