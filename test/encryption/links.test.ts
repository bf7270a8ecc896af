import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowBundle } from '@temporalio/worker';
import { encryptedDataConverter } from '../../src/encryption';
import { type DevServer, startDevServer } from '../../src/testing';
import { bundle, keys, storedHistory, whenTaskFailed } from '../setup/encryption';
import { allEvents, connectClient, says, TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
const NEW_KEYS = { dataConverter: encryptedDataConverter(keys('k2', 'k1')) };
let server: DevServer;
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  // A link begins some time after a short one before it: time to put another worker there.
  server = await startDevServer({
    ui: false,
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
    dynamicConfig: ['limit.historyCount.suggestContinueAsNew=60', 'history.continueAsNewMinInterval="10s"'],
  });
  workflowBundle = await bundle();
  await temporal.start({ workflowBundle, ...NEW_KEYS }, server.address);
});
afterAll(async () => {
  await temporal.stop();
  await server.stop();
});

test('a later link that the worker has no key for waits for one that has, and loses no turn', async () => {
  const run = await temporal.run('toolAgent', ({ messages }) => says(`re ${String(messages.at(-1)?.content)}`), {
    userMsg: 'm0',
    conversation: true,
  });
  const { workflow } = temporal.client.temporal;
  const first = (await workflow.getHandle(run.workflowId).describe()).runId;
  for (let turn = 1; turn < 12; turn += 1) await run.sendMessage(`m${turn}`);
  await run.close();
  await temporal.client.temporal.withDeadline(Date.now() + 20_000, async () => {
    await expect(workflow.getHandle(run.workflowId, first, { followRuns: false }).result()).rejects.toThrow(
      /continued as new/,
    );
  });
  await temporal.stopWorker();
  await temporal.startWorker({ workflowBundle, dataConverter: encryptedDataConverter(keys('k1')) });
  await whenTaskFailed(temporal, run.workflowId, /the key "k2", which is not known here/);

  await temporal.stopWorker();
  await temporal.startWorker({ workflowBundle, ...NEW_KEYS });
  expect(await run.result()).toMatchObject({ response: 're m11' });
  const client = await connectClient(server.address, NEW_KEYS);
  const events = await allEvents(client.getHandler(run.workflowId));
  await client.close();
  expect(events.at(-1)).toMatchObject({ type: 'StopEvent' });
  expect(await storedHistory(temporal, run.workflowId)).not.toContain('re m');
}, 60_000);
