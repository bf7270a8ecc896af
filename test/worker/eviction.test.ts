import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOf, questionsOf, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal({ maxCachedWorkflows: 0 });

test('a worker that keeps no run in memory gives the same stream, and takes the same answers', async () => {
  const run = await temporal.run('toolAgent', [
    calls(['confirm', { question: 'a?' }], ['twice'], ['add', { a: 1, b: 2 }]),
    says('Done.'),
  ]);
  const [first, second] = await questionsOf(run, 2);
  await run.respond(first as { inputId: string }, 'yes');
  await expect(run.respond(first as { inputId: string }, 'no')).rejects.toMatchObject({
    details: { reason: 'conflict' },
  });
  await run.respond(second as { inputId: string }, 'Ann');
  await run.respond(await eventOf(run, ({ prefix }) => prefix === 'age? '), '42');
  await run.result();
  const events = await allEvents(run);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => nth));
  expect(await allEvents(run)).toEqual(events);
  const outputs = events.filter(({ type }) => type === 'ToolCallResult').map((event) => event['toolOutput']);
  expect(outputs.sort()).toEqual(['3', 'Ann is 42', 'a? yes']);
});
