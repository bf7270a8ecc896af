import { expect, test } from '@jest/globals';
import { useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('a run that no worker serves is said to have none', async () => {
  const taskQueue = `nobody-${crypto.randomUUID()}`;
  const run = await temporal.client.run('toolAgent', { userMsg: 'Go.' }, { taskQueue });
  const asked = temporal.client.temporal.withDeadline(Date.now() + 1000, async () => await run.status());
  await expect(asked).rejects.toMatchObject({
    code: 'NO_WORKER',
    message: expect.stringContaining('start one on its task queue'),
    details: { workflowId: run.workflowId },
  });
  await run.cancel();
});
