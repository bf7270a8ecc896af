import { expect, test } from '@jest/globals';
import { closed, CRON, firing, manyStepsAndAQuestion } from '../../setup/cron';
import { isWhole, sendNoise, useShortLinks } from '../../setup/links';

const temporal = useShortLinks();
test('a firing that is sent thousands of signals while it asks is not moved, and the next one fires', async () => {
  const run = await temporal.run('toolAgent', manyStepsAndAQuestion(0), 'Go.', CRON);
  const first = await firing(run, async (question) => {
    await sendNoise(run, 2200);
    await run.respond(question, 'yes');
  });
  expect(isWhole(first)).toBe(true);
  const second = await firing(run, async (question) => void (await run.respond(question, 'yes')));
  expect(second.map(({ type }) => type)).not.toContain('AnswerRefused');
  expect(second.at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'Done.' } });
  expect(await closed(temporal, run, 1)).toEqual([{ how: 'completed', wasToMove: true }]);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate();
}, 60_000);
