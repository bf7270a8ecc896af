/**
 * Global setup: one Temporal dev server and one workflow bundle for all test files.
 *
 * The server's address reaches the tests as TEMPORAL_ADDRESS, the bundle as
 * COUNTERSIGN_TEST_BUNDLE, the path of the Temporal CLI as COUNTERSIGN_TEST_TEMPORAL.
 *
 * @module
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { encryptedDataConverter, keysFromEnvironment } from '../../src/encryption';
import { findTemporal, startDevServer } from '../../src/testing';
import { bundleOptions } from '../../src/worker';

export default async function globalSetup(): Promise<void> {
  const keys = keysFromEnvironment();
  const [cli, server, { code }] = await Promise.all([
    findTemporal({ env: { ...process.env, TEMPORAL_ADDRESS: undefined } }),
    startDevServer(),
    bundleWorkflowCode({
      ...bundleOptions({
        workflows: require.resolve('../fixtures/workflows'),
        dataConverter: keys && encryptedDataConverter(keys),
      }),
      logger: new DefaultLogger('WARN'),
    }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  const bundle = join(folder, 'workflows.js');
  await writeFile(bundle, code);
  process.env['TEMPORAL_ADDRESS'] = server.address;
  process.env['COUNTERSIGN_TEST_BUNDLE'] = bundle;
  if (cli.kind === 'binary') process.env['COUNTERSIGN_TEST_TEMPORAL'] = cli.path;
  (globalThis as { countersignTest?: object }).countersignTest = { server, folder };
}
