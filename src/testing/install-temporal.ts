/**
 * Install Temporal: gets a `temporal` binary by the SDK's download or a build from source.
 *
 * Each runs in its own process, so that this one loads neither the SDK's native code nor its signal handlers, and a
 * hanging step can be killed. A binary appears under its name only when complete.
 *
 * @module
 */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../connection';
import { runCommand } from './run-command';

/** The last CLI that Go can fetch as a module and that works with this package. */
const CLI_VERSION = '1.5.1';
/**
 * Newer than the CLI's own. Up to 1.48, a query abandoned at the wrong moment leaves its statement open, and the
 * server's only database connection fails with "interrupted (9)" for good.
 */
const SQLITE_VERSION = '1.51.0';
/** Names its ingredients, so that an older build is not taken. */
export const BUILT_NAME = `temporal-${CLI_VERSION}-sqlite-${SQLITE_VERSION}${process.platform === 'win32' ? '.exe' : ''}`;

/** A module that needs the CLI and a newer SQLite. Go checks downloads against its sum database. */
const GO_MOD = `module countersign/temporal

go 1.25.0

require (
\tgithub.com/temporalio/cli v${CLI_VERSION}
\tmodernc.org/sqlite v${SQLITE_VERSION}
)
`;

interface InstallOptions {
  readonly env: Environment;
  readonly onProgress: (line: string) => void;
}

/** Makes the SDK fetch and start the server version it wants, and stops it. */
const FETCH_SCRIPT = `
  const { TestWorkflowEnvironment } = require(process.argv[1]);
  TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download' } } })
    .then((environment) => environment.teardown())
    .catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

/**
 * Downloads the binary that the Temporal SDK wants into the folder for temporary files.
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
 * Builds the Temporal CLI from source with Go and keeps it as `BUILT_NAME` in `folder`.
 *
 * @returns Path of the binary.
 * @throws Error when Go is not installed, or the build fails or takes more than 20 minutes.
 */
export async function buildTemporal(options: InstallOptions & { readonly folder: string }): Promise<string> {
  const { env, onProgress, folder } = options;
  await runCommand('go', ['version'], { env, timeoutMs: 10_000 });
  await mkdir(folder, { recursive: true });
  const building = await mkdtemp(join(folder, 'building-'));
  onProgress('Building the Temporal dev server from source, once. This takes up to 5 minutes.');
  try {
    await writeFile(join(building, 'go.mod'), GO_MOD);
    // `-mod=mod` adds what the module needs besides.
    const args = ['-mod=mod', '-v', '-o', BUILT_NAME, 'github.com/temporalio/cli/cmd/temporal'];
    await runCommand('go', ['build', '-C', building, ...args], {
      env: { ...env, GOWORK: 'off' },
      timeoutMs: 20 * 60_000,
      whileRunning: (seconds, lines) =>
        onProgress(`Building the Temporal dev server from source (once): ${seconds} s, ${lines} packages.`),
    });
    await rename(join(building, BUILT_NAME), join(folder, BUILT_NAME));
    return join(folder, BUILT_NAME);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
