import { afterEach, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { dangerousAgent } from '../../fixtures/workflows';
import { says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
/** As a worker of an older version: it has the code of today's only for what runs in the sandbox. */
const older = { definitions: { dangerousAgent }, tools: [] };

afterEach(async () => {
  await temporal.stopWorker();
  await temporal.startWorker();
});

/** Resolves when the run's open activity has failed. @returns With what. */
async function failedCall({ workflowId }: WorkflowHandler): Promise<string> {
  for (;;) {
    const { raw } = await temporal.client.temporal.workflow.getHandle(workflowId).describe();
    const failure = raw.pendingActivities?.[0]?.lastFailure;
    if (failure) return failure.message ?? '';
  }
}

test('an agent that code runs and nothing exports fails where it is run, at once, and says what to do', async () => {
  const run = await temporal.run('hidingWorkflow', [says('Never said.')]);
  await expect(run.result()).rejects.toMatchObject({
    code: 'RUN_FAILED',
    details: { cause: 'INVALID_DEFINITION' },
    message: expect.stringMatching(/"hiddenAgent" is run by ctx\.runAgent.*export it there as "hiddenAgent"/),
  });
  expect(temporal.requests).toEqual([]);
});

test('one that is exported waits, at a worker that does not know it yet, for one that does', async () => {
  await temporal.stopWorker();
  const behind = await temporal.startWorker(older);
  const run = await temporal.run('clerkWorkflow', [says('Here.')]);
  expect(await failedCall(run)).toMatch(/This worker has no agent "clerkAgent"/);
  await temporal.stopWorker(behind);
  await temporal.startWorker();
  expect(await run.result()).toBe('Here.');
});
