import { expect, test } from '@jest/globals';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test.each([
  ['half a character', 'half', '\ufffd'],
  ['a cause of 5 MB', 'cause', 'outer'],
])('an activity tool that fails with %s has failed, once, and the worker goes on', async (_name, how, output) => {
  const run = await temporal.run('fuzzedAgent', [calls(['garbled', { how }]), says('Sorry.')]);
  expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ isError: true, toolOutput: output });
  expect(String(await run.result())).toBe('Sorry.');
});
