import { expect, test } from '@jest/globals';
import type { AnyEvent } from '../../../src/protocol';
import { closed, CRON, firing, manyStepsAndAQuestion } from '../../setup/cron';
import { isWhole, useShortLinks } from '../../setup/links';

const temporal = useShortLinks();
test('each firing of a cron is a run of its own, in one link, however long its history', async () => {
  const input = { userMsg: 'Go.', maxIterations: 50 };
  const run = await temporal.run('toolAgent', manyStepsAndAQuestion(12), input, CRON);
  const asked: AnyEvent[] = [];
  const firings: (readonly AnyEvent[])[] = [];
  while (firings.length < 2) {
    const events = await firing(run, async (question) => {
      const [before] = asked;
      if (before !== undefined) {
        await expect(run.respond(before, 'yes')).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
      }
      asked.push(question);
      await run.respond(question, 'yes');
    });
    firings.push(events);
  }
  for (const events of firings) {
    expect(isWhole(events)).toBe(true);
    expect(events.filter(({ type }) => type === 'ToolCallResult')).toHaveLength(13);
    expect(events.at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'Done.' } });
  }
  expect(new Set(firings.flat().map(({ id }) => id)).size).toBe(firings.flat().length);
  const ended = { how: 'completed', wasToMove: true };
  expect(await closed(temporal, run, 2)).toEqual([ended, ended]);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate();
});
