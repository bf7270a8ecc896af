import { expect, test } from '@jest/globals';
import { linkIdsOf, useShortLinks } from '../../setup/links';
import { allEvents, eventOfType, says } from '../../setup/temporal';

// The first turn ends in the task of event 9; that of an update which comes then would be of event 12.
const temporal = useShortLinks({ server: { dynamicConfig: ['limit.historyCount.suggestContinueAsNew=11'] } });

test('a refused update does not make a run go on in a new link, as no replay would know why', async () => {
  const run = await temporal.run('toolAgent', () => says('Done.'), { userMsg: 'Go.', conversation: true });
  const { seq } = await eventOfType(run, 'TurnEnded');
  await expect(run.respond('nobody', 'yes')).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
  expect(await linkIdsOf(temporal, run)).toHaveLength(1);
  await run.sendMessage('Go on.');
  await eventOfType(run, 'TurnEnded', seq);
  await run.close();
  await run.result();
  await temporal.stopWorker();
  await temporal.startWorker();
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
  expect((await allEvents(run)).filter(({ type }) => type === 'TurnEnded')).toHaveLength(2);
}, 60_000);
