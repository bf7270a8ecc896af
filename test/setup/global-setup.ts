/**
 * Global setup: one Temporal dev server and one workflow bundle for all test files.
 *
 * The server's address reaches the tests as TEMPORAL_ADDRESS, the bundle as COUNTERSIGN_TEST_BUNDLE.
 *
 * @module
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startDevServer } from '../../src/testing';
import { workflowInterceptorModules } from '../../src/worker';

export default async function globalSetup(): Promise<void> {
  const [server, { code }] = await Promise.all([
    startDevServer({ onProgress: (line: string) => process.stderr.write(`${line}\n`) }),
    bundleWorkflowCode({
      workflowsPath: require.resolve('../fixtures/workflows'),
      workflowInterceptorModules: [...workflowInterceptorModules],
      logger: new DefaultLogger('WARN'),
    }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  const bundle = join(folder, 'workflows.js');
  await writeFile(bundle, code);
  process.env['TEMPORAL_ADDRESS'] = server.address;
  process.env['COUNTERSIGN_TEST_BUNDLE'] = bundle;
  (globalThis as { countersignTest?: object }).countersignTest = { server, folder };
}
