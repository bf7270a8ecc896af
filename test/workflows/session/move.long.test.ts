import { expect, test } from '@jest/globals';
import { effects } from '../../fixtures/implementations';
import { linkIdsOf, sendNoise, useShortLinks } from '../../setup/links';
import { calls, eventOfType, says } from '../../setup/temporal';
import { failedTask } from '../../upgrades/versions';

const temporal = useShortLinks();

test('a parked run that is sent thousands of signals moves with its questions open, and repeats nothing', async () => {
  const key = crypto.randomUUID();
  const run = await temporal.run('headAgent', [
    calls(['office', { request: 'Work.' }], ['add', { a: 1, b: 2 }]),
    calls(['clerk', { request: 'Ask.' }]),
    calls(['confirm', { question: `${key}? ` }]),
    says('Asked.'),
    says('The clerk asked.'),
    says('Done.'),
  ]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await sendNoise(run, 2200);
  expect(await run.pendingInputs()).toMatchObject([
    { inputId: question.inputId, agents: ['headAgent', 'officeAgent', 'clerkAgent'], isWaiting: true },
  ]);
  await run.respond(question, 'yes');
  expect(String(await run.result())).toBe('Done.');
  expect(temporal.requests).toHaveLength(6);
  expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
}, 60_000);

test('a body that is entered again in the next link does what was approved, or its run stands still and says why', async () => {
  const key = crypto.randomUUID();
  const steady = await temporal.run('toolAgent', [calls(['transfer']), says('Done.')]);
  const question = await eventOfType(steady, 'InputRequiredEvent');
  const wavering = await temporal.run('toolAgent', [calls(['wavering', { key }]), says('Done.')]);
  await eventOfType(wavering, 'InputRequiredEvent');
  await Promise.all([sendNoise(steady, 2200), sendNoise(wavering, 2200)]);
  while ((await linkIdsOf(temporal, steady)).length === 1);
  expect(await steady.pendingInputs()).toMatchObject([{ event: { prefix: question['prefix'] } }]);
  await steady.respond(question, 'yes');
  expect(await eventOfType(steady, 'ToolCallResult')).toMatchObject({
    toolOutput: String(question['prefix']).slice('Pay '.length, -1),
  });
  await steady.result();

  const said = await failedTask(temporal, wavering);
  expect(said).toMatch(/operation 0 \("wait"\) is given something else than it was.*Nothing is lost/);
  expect(effects.get(key)).toBeUndefined();
  await temporal.client.temporal.workflow.getHandle(wavering.workflowId).terminate();
}, 60_000);

test('a run whose tool went past its context stays in its link until the tool has ended, whatever number of messages it refuses', async () => {
  const key = crypto.randomUUID();
  const run = await temporal.run('toolAgent', [calls(['bypass', { key, how: 'activity' }]), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await sendNoise(run, 3700);
  expect(await linkIdsOf(temporal, run)).toHaveLength(1);
  await run.respond(question, 'yes');
  expect(String(await run.result())).toBe('Done.');
  expect(effects.get(key)).toBe(1);
}, 60_000);
