import { expect, test } from '@jest/globals';
import { useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

test('a run has 500 activities under way at most, also when many wait for one to end', async () => {
  const { client, taskQueue } = temporal;
  const run = await client.run('callsAtOnce', 540, { taskQueue });
  expect(await run.result()).toBe(540);
  const { events } = await client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  let pending = 0;
  let most = 0;
  for (const event of events ?? []) {
    if (event.activityTaskScheduledEventAttributes != null) pending += 1;
    if (event.activityTaskCompletedEventAttributes != null) pending -= 1;
    most = Math.max(most, pending);
  }
  expect(most).toBe(500);
});
