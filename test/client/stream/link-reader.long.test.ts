import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { AnyEvent } from '../../../src/protocol';
import { startDevServer } from '../../../src/testing';
import { freePort } from '../../../src/testing/free-port';
import { bundleOptions } from '../../../src/worker';
import { HeldTask, MOVE } from '../../setup/held-task';
import { useShortLinks } from '../../setup/links';
import { allEvents, calls, eventOfType, questionsOf, says, TestTemporal } from '../../setup/temporal';

const held = new HeldTask(MOVE);
const temporal = useShortLinks({ worker: held.options });
const LAURIE = { type: 'HumanResponseEvent', response: 'yes' };

/** Goes on in its next link, and there is no worker for that. */
async function stopAtTheMove(): Promise<void> {
  await held.hold();
  const stopped = temporal.stopWorker();
  held.release();
  await stopped;
}

test('a run whose next link was terminated before it did anything shows what it did before, to whoever comes late too', async () => {
  const run = await temporal.run('toolAgent', () => calls(['add', { a: 1, b: 2 }]));
  const early = allEvents(run);
  await stopAtTheMove();
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  await handle.terminate('enough');
  await temporal.startWorker(held.options);
  const seen = await early;
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.at(-1)).toMatchObject({ code: 'RUN_TERMINATED' });
  expect(await allEvents(run)).toEqual(seen);
}, 60_000);

test('so does one whose links timed out one after the other, while no worker was there', async () => {
  const limits = { workflowRunTimeout: '5 seconds', retry: { initialInterval: '10 ms', maximumAttempts: 2 } } as const;
  const run = await temporal.run('toolAgent', () => calls(['add', { a: 1, b: 2 }]), 'Go.', limits);
  const early = allEvents(run);
  await stopAtTheMove();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_TIMED_OUT' });
  await temporal.startWorker(held.options);
  const seen = await early;
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.at(-1)).toMatchObject({ code: 'RUN_TIMED_OUT' });
  expect(await allEvents(run)).toEqual(seen);
}, 60_000);

test('a run that is terminated while its tasks fail ends for its watchers, though no query of it is ever answered', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'a?' }]), says('Done.')]);
  const early = allEvents(run);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  // A worker without this workflow.
  const workflows = require.resolve('../../cli/modules/decision');
  await temporal.startWorker({ workflows, tools: [], workflowBundle: await bundleOf(workflows) });
  await run.sendEvent(LAURIE);
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  let attempt = 0;
  while (attempt < 3) attempt = (await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0;
  await handle.terminate('enough');
  expect((await early).map(({ type }) => type).slice(-2)).toEqual([
    'InputRequiredEvent',
    'StopEvent/WorkflowCancelledEvent',
  ]);
  expect(await allEvents(run)).toEqual([expect.objectContaining({ code: 'RUN_TERMINATED' })]);
}, 120_000);

async function bundleOf(workflows: string): Promise<{ code: string }> {
  const { code } = await bundleWorkflowCode({
    ...bundleOptions({ workflows }),
    logger: new DefaultLogger('WARN'),
  });
  return { code };
}

test('a watcher of a run that has forgotten what was seen, with its database, begins again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-forgotten-'));
  const dbFilename = join(folder, 'temporal.db');
  const options = {
    port: await freePort(),
    ui: false,
    dbFilename,
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
  };
  let server = await startDevServer(options);
  const forgetful = new TestTemporal();
  await forgetful.start({}, server.address);
  const run = await forgetful.run('toolAgent', ({ messages }) =>
    messages.some(({ role }) => role === 'tool')
      ? calls(['confirm', { question: 'b?' }])
      : calls(['confirm', { question: 'a?' }]),
  );
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  await server.stop();
  await copyFile(dbFilename, join(folder, 'copy.db'));
  server = await startDevServer(options);

  const seen: AnyEvent[] = [];
  const watching = (async () => {
    for await (const event of run.streamEvents()) seen.push(event);
  })();
  await run.sendEvent({ ...LAURIE, inputId: inputId as string });
  await questionsOf(run, 2);
  const before = seen.length;
  // What a worker holds in memory is of the history that is gone.
  await forgetful.stopWorker();
  await server.stop();
  await copyFile(join(folder, 'copy.db'), dbFilename);
  await rm(`${dbFilename}-wal`, { force: true });
  server = await startDevServer(options);
  await forgetful.startWorker();
  while (seen.filter(({ seq }) => seq === 0).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen.slice(before).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  await run.cancel();
  await watching;
  expect(seen.slice(before)).toEqual(await allEvents(run));
  await forgetful.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);
