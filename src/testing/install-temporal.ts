/**
 * Gets a `temporal` binary onto this machine: the SDK's download, or a build from source.
 *
 * Each happens in a process of its own, so that this one neither loads the SDK's native code nor gets
 * its signal handlers, and what hangs can be killed. A binary appears under its name only when it is whole.
 *
 * @module
 */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../connection';
import { runCommand } from './run-command';

/** The last one known to work with this package; Go checks what it fetches against its sum database. */
const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

interface InstallOptions {
  readonly env: Environment;
  readonly onProgress: (line: string) => void;
}

/** Asks the SDK to start a server of the version it wants, which it fetches first, and stops that again. */
const FETCH_SCRIPT = `
  const { TestWorkflowEnvironment } = require(process.argv[1]);
  TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download' } } })
    .then((environment) => environment.teardown())
    .catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

/**
 * Downloads the binary the Temporal SDK wants, into the folder for temporary files.
 *
 * @throws Error when it cannot, within 3 minutes.
 */
export async function downloadTemporal({ env, onProgress }: InstallOptions): Promise<void> {
  onProgress('There is no Temporal dev server on this machine: asking the Temporal SDK to download one.');
  const sdk = require.resolve('@temporalio/testing');
  await runCommand(process.execPath, ['-e', FETCH_SCRIPT, sdk], {
    env,
    timeoutMs: 3 * 60_000,
    whileRunning: (seconds) => onProgress(`Downloading the Temporal dev server (once): ${seconds} s.`),
  });
}

/**
 * Builds the Temporal CLI from source with Go and keeps it as `temporal` in `folder`.
 *
 * @returns Path of the binary.
 * @throws Error when Go is not installed, or the build fails, or takes more than 20 minutes.
 */
export async function goInstallTemporal(options: InstallOptions & { readonly folder: string }): Promise<string> {
  const { env, onProgress, folder } = options;
  await runCommand('go', ['version'], { env, timeoutMs: 10_000 });
  await mkdir(folder, { recursive: true });
  const building = await mkdtemp(join(folder, 'building-'));
  onProgress('Building the Temporal dev server from source, once. This takes up to 5 minutes.');
  try {
    await runCommand('go', ['install', '-v', GO_PACKAGE], {
      env: { ...env, GOBIN: building },
      timeoutMs: 20 * 60_000,
      whileRunning: (seconds, lines) =>
        onProgress(`Building the Temporal dev server from source (once): ${seconds} s, ${lines} packages.`),
    });
    const [name] = await readdir(building);
    if (name === undefined) throw new Error(`go install ended without a binary in ${building}`);
    await rename(join(building, name), join(folder, name));
    return join(folder, name);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
