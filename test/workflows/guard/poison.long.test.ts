import { expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { allEvents, calls, eventOfType, json, payload, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const LAURIE = { response: 'yes', user_name: 'Laurie' };

test('a run that an unguarded worker has wedged goes on when a guarded one takes it', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();

  const unguarded = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../fixtures/workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  await temporal.startWorker({ workflowBundle: unguarded });
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', payload('json/protobuf', '{'));
  const client = temporal.client.temporal;
  let failed = false;
  let nextPageToken: Uint8Array | undefined;
  while (!failed) {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: run.workflowId },
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    nextPageToken = page.nextPageToken;
    failed = page.history?.events?.some(({ workflowTaskFailedEventAttributes: failure }) => failure != null) ?? false;
  }
  await temporal.stopWorker();

  await temporal.startWorker();
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json(LAURIE));
  expect(String(await run.result())).toBe('All done.');
  expect((await allEvents(run)).map(({ type }) => type)).toContain('AnswerRefused');
});
