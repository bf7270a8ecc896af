import { expect, test } from '@jest/globals';
import { special, thrown } from '../fixtures/hostile-acts';
import { allEvents, calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

/** Without an exception the model is told it at once. */
const IS_OUTPUT = new Set(['an output whose toJSON is hidden', 'an output with a getter that changes its mind']);
/** With the calls of one reply, so that one worker has all of them at once. */
const PER_RUN = 17;
const names = Object.keys(thrown);

test.each(
  names.flatMap((_name, nth) => (nth % PER_RUN === 0 ? [[nth, names.slice(nth, nth + PER_RUN)] as const] : [])),
)(
  'whatever an activity tool throws or gives, the model is told so at once and the worker goes on (from %i on)',
  async (_from, some) => {
    const made = some.map((act) => ['hostile', { act }] as const);
    const run = await temporal.run('hostileAgent', [calls(...made), says('Sorry.')]);
    expect(String(await run.result())).toBe('Sorry.');
    const events = await allEvents(run);
    for (const [nth, act] of some.entries()) {
      const result = events.find((event) => event.type === 'ToolCallResult' && event['toolId'] === `call_${nth + 1}`);
      expect([act, result?.['isError']]).toEqual([act, !IS_OUTPUT.has(act)]);
      expect([act, result?.['toolOutput']]).toEqual([act, expect.stringMatching(thrown[act]?.[1] ?? /never/)]);
      expect(String(result?.['toolOutput']).length).toBeLessThan(4200);
    }
  },
  60_000,
);

test('a schema that throws anything is a tool error', async () => {
  const run = await temporal.run('hostileAgent', [
    calls(['hostile_schema', {}], ['hostile_result', {}]),
    says('Sorry.'),
  ]);
  expect(String(await run.result())).toBe('Sorry.');
  const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  expect(results.map((event) => event['toolOutput'])).toEqual([
    expect.stringContaining('its schema failed'),
    expect.stringContaining('its schema failed'),
  ]);
});

test('what Temporal acts on keeps its meaning', async () => {
  const acts = Object.keys(special).filter((act) => act !== 'is completed elsewhere' && act !== 'waits long');
  const run = await temporal.run('hostileAgent', [
    calls(...acts.map((act) => ['hostile_twice', { act }] as const)),
    says('Done.'),
  ]);
  await run.result();
  const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  const told = Object.fromEntries(results.map((event) => [event['toolOutput'], event['isError']]));
  expect(told).toEqual({ 'for good': true, final: true, 'final class': true, 'attempt 2': false });
});

test('a tool that is completed from elsewhere, or asks to wait long, is waited for', async () => {
  const run = await temporal.run('hostileAgent', [
    calls(['hostile_twice', { act: 'is completed elsewhere' }], ['hostile_twice', { act: 'waits long' }]),
    says('Done.'),
  ]);
  await eventOfType(run, 'ToolCall');
  const { workflowId } = run;
  const handle = temporal.client.temporal.workflow.getHandle(workflowId);
  let waits: { id: unknown; attempt: unknown; message: unknown }[] = [];
  while (waits.length === 0) {
    const { raw } = await handle.describe();
    waits = (raw.pendingActivities ?? [])
      .filter(({ lastFailure }) => lastFailure?.message === 'wait')
      .map(({ activityId: id, attempt, lastFailure }) => ({ id, attempt, message: lastFailure?.message }));
  }
  expect(waits).toEqual([{ id: '1.1.0', attempt: 2, message: 'wait' }]);
  await temporal.client.temporal.activity.complete({ workflowId, activityId: '1.0.0' }, 'from elsewhere');
  await temporal.client.temporal.activity.complete({ workflowId, activityId: '1.1.0' }, 'done by hand');
  expect(String(await run.result())).toBe('Done.');
  const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  expect(results.map((event) => event['toolOutput']).sort()).toEqual(['done by hand', 'from elsewhere']);
});
