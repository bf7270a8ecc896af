import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { InputRequiredEvent } from '../../src/client';
import { startTestAgents, type TestAgents } from '../../src/testing';
import { implementations } from '../fixtures/implementations';
import { calls, says } from '../setup/temporal';

const workflows = require.resolve('../../examples/human-in-the-loop/workflows');
let agents: TestAgents;

beforeAll(async () => {
  agents = await startTestAgents({ workflows });
}, 60_000);

afterAll(async () => await agents.stop());

async function answered(): Promise<string> {
  const run = await agents.client.run('dangerousAgent', 'Do it.');
  for await (const event of run.streamEvents()) {
    if (InputRequiredEvent.is(event)) await run.respond(event, { response: 'yes', user_name: 'Laurie' });
  }
  return String(await run.result());
}

test('one call gives a server, a worker, a client and a model that says what it is told to', async () => {
  agents.model.script([calls(['dangerous_task']), says('It is done.')]);
  expect(await answered()).toBe('It is done.');
  expect(agents.model.requests.at(-1)?.messages.at(-1)?.content).toContain('completed successfully');
});

test('without a script the model takes the first tool and repeats what it said', async () => {
  const own = await startTestAgents({ workflows, openai: undefined as never });
  const run = await own.client.run('dangerousAgent', 'Do it.');
  for await (const event of run.streamEvents()) {
    if (InputRequiredEvent.is(event)) await run.respond(event, { response: 'no', user_name: 'Laurie' });
  }
  expect(String(await run.result())).toContain('aborted');
  await own.stop();
  await own.stop();
});

test('time passes', async () => {
  const before = Date.now();
  await agents.sleep('20 ms');
  expect(Date.now() - before).toBeGreaterThanOrEqual(19);
});

test('what cannot be started leaves nothing behind, and says why', async () => {
  const nowhere = startTestAgents({ workflows: '/nowhere/workflows' });
  await expect(nowhere).rejects.toMatchObject({ code: 'INVALID_DEFINITION' });
  const misspelt = startTestAgents({ workflows, tool: implementations } as never);
  await expect(misspelt).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('tools') });
  const odd = startTestAgents({ workflows, timeSkipping: 'yes' as never });
  await expect(odd).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('stop says that the worker failed, and ends everything else all the same', async () => {
  const { run } = Worker.prototype;
  jest.spyOn(Worker.prototype, 'run').mockImplementationOnce(async function (this: Worker) {
    await run.call(this);
    throw new Error('The worker failed.');
  });
  const own = await startTestAgents({ workflows });
  await expect(own.stop()).rejects.toThrow('The worker failed.');
  await expect(fetch(`${own.model.url}/models`)).rejects.toThrow('fetch failed');
  await own.stop();
});

test('a module that was loaded here must be the one that is bundled', async () => {
  const definitions = require('../fixtures/called/nothing') as object;
  await expect(startTestAgents({ workflows, definitions })).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringContaining('"plainAgent"'),
  });
});
