import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
/** Temporal takes 10,000 signals for a run. */
const FLOOD = 9000;
const AT_ONCE = 200;

test(`${FLOOD.toLocaleString('en-US')} answers of nobody, which waited for a worker, are each refused, and the right one after them is taken`, async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  const wrong = { type: 'HumanResponseEvent', response: 'yes', user_name: 'Nobody', text: 'Some words. '.repeat(20) };
  for (let sent = 0; sent < FLOOD; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => await run.sendEvent(wrong)));
  }
  await run.sendEvent({
    type: 'HumanResponseEvent',
    response: 'yes',
    user_name: 'Laurie',
    inputId: question.inputId as string,
  });
  await temporal.startWorker();
  expect(String(await run.result())).toBe('Done.');
  const events = await allEvents(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => nth));
  expect(events.filter(({ type }) => type === 'AnswerRefused')).toHaveLength(FLOOD);
}, 300_000);
