import { expect, test } from '@jest/globals';
import type { AnyEvent } from '../../../src/protocol';
import { allEvents, calls, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const LAURIE = { response: 'yes', user_name: 'Laurie' };

test('watchers that come early, late, together or again each see every event once, in order', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const early = allEvents(run);
  const together = allEvents(temporal.client.getHandler(run.workflowId));
  const first: AnyEvent[] = [];
  for await (const event of run.streamEvents()) {
    first.push(event);
    if (event.type === 'ToolCall') break;
  }
  const question = await eventOfType(run, 'InputRequiredEvent');
  const again = allEvents(run, first.at(-1)?.seq);
  await run.respond(question, LAURIE);

  const all = await early;
  expect(all.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(await together).toEqual(all);
  expect([...first, ...(await again)]).toEqual(all);
  expect(await allEvents(temporal.client.getHandler(run.workflowId))).toEqual(all);
  expect(await allEvents(run, 7)).toEqual([]);
});

test('a watcher that gives up leaves quietly', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const event of run.streamEvents({ signal: stop.signal })) {
    seen.push(event.type);
    if (event.type === 'InputRequiredEvent') stop.abort();
  }
  expect(seen.at(-1)).toBe('InputRequiredEvent');
  await run.cancel();
});

test('without a worker a watcher waits, a signal is kept, and both go on when one comes', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  const watching = allEvents(run);
  await run.sendEvent({ type: 'HumanResponseEvent', inputId: question.inputId as string, ...LAURIE });
  await temporal.startWorker();
  expect((await watching).at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'All done.' } });
});

test('without a worker, respond says after 10 s that the outcome is unknown, and sent again it is taken once', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  const answer = { ...LAURIE, answerId: 'mine' };
  await expect(run.respond(question, answer)).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    details: { answerId: 'mine' },
  });
  await temporal.startWorker();
  expect(await run.respond(question, answer)).toMatchObject({ inputId: question.inputId, answerId: 'mine' });
  expect(String(await run.result())).toBe('All done.');
  expect((await allEvents(run)).filter(({ type }) => type === 'ToolCallResult')).toHaveLength(1);
});

test('a run that does not exist is an error that says so', async () => {
  const nobody = temporal.client.getHandler('nobody');
  await expect(allEvents(nobody)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(nobody.result()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(nobody.pendingInputs()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('a second run of the same id is refused, and says how to reach the first', async () => {
  const options = { workflowId: `same-${crypto.randomUUID()}` };
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])], 'Go.', options);
  await eventOfType(run, 'InputRequiredEvent');
  await expect(temporal.run('dangerousAgent', [], 'Go.', options)).rejects.toMatchObject({
    code: 'RUN_ALREADY_EXISTS',
  });
  await run.cancel();
});

test('a watcher can leave while it waits for the next event', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  const events = run.streamEvents()[Symbol.asyncIterator]();
  while ((await events.next()).value?.type !== 'InputRequiredEvent');
  const waiting = events.next();
  await events.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  await run.cancel();
});

test('a workflow that continues as new is followed, and is not said to have failed', async () => {
  const run = await temporal.client.run('relay', 2, { taskQueue: temporal.taskQueue });
  const prefixes: unknown[] = [];
  for await (const event of run.streamEvents()) {
    if (event.type !== 'InputRequiredEvent') continue;
    prefixes.push(event['prefix']);
    await run.respond(event, 'on');
  }
  expect(prefixes).toEqual(['lap 2? ', 'lap 1? ', 'lap 0? ']);
  expect(await run.result()).toBe('home');
});

test('an answerId that answered another question before is refused, and what is too large is not sent', async () => {
  const run = await temporal.run('toolAgent', [
    calls(['confirm', { question: 'a?' }], ['confirm', { question: 'b?' }]),
    says('..'),
  ]);
  const [first, second] = await questionsOf(run, 2);
  await run.respond(first as AnyEvent, { response: 'yes', answerId: 'same' });
  await expect(run.respond(second as AnyEvent, { response: 'yes', answerId: 'same' })).rejects.toMatchObject({
    details: { reason: 'conflict' },
  });
  const large = { response: 'x'.repeat(300_000) };
  await expect(run.respond(second as AnyEvent, large)).rejects.toMatchObject({ code: 'INVALID_JSON' });
  await expect(run.sendMessage(large.response)).rejects.toMatchObject({ code: 'INVALID_JSON' });
  await run.respond(second as AnyEvent, 'no');
  await run.result();
});
