import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import type { AgentWorkerOptions } from '../../src/worker';
import { calls, says, TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
const toExpert = calls(['handoff', { to_agent: 'expert', reason: 'hard' }]);
let quick: ScriptedModel;
let careful: ScriptedModel;

const clientOf = ({ url }: ScriptedModel): OpenAI => new OpenAI({ apiKey: 'scripted', baseURL: url });
const modelsAsked = ({ requests }: ScriptedModel): readonly string[] => requests.map(({ model }) => model);

/** A worker with two servers that nobody has asked yet. */
async function serve(options: () => Partial<AgentWorkerOptions>): Promise<void> {
  [quick, careful] = await Promise.all([startScriptedModel(), startScriptedModel()]);
  await temporal.startWorker(options());
}

const eachItsOwn = (): Partial<AgentWorkerOptions> => ({
  models: { quick: { client: clientOf(quick), model: 'small-1' }, careful: { client: clientOf(careful) } },
});

beforeAll(async () => {
  await temporal.start();
  await temporal.stopWorker();
});
afterEach(async () => {
  await temporal.stopWorker();
  await Promise.all([quick.close(), careful.close()]);
});
afterAll(async () => await temporal.stop());

test('each agent asks the server of its llm, by the name that the server knows', async () => {
  await serve(eachItsOwn);
  quick.script([toExpert]);
  careful.script([says('Solved.')]);
  const run = await temporal.run('helpDeskAgent', []);
  expect(await run.result()).toMatchObject({ response: 'Solved.', agent: 'expert' });
  expect(modelsAsked(quick)).toEqual(['small-1']);
  expect(modelsAsked(careful)).toEqual(['careful']);
  expect(careful.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(temporal.requests).toEqual([]);
});

test('another model gets the calls with ids that every provider takes, and without what only the first wants back', async () => {
  await serve(eachItsOwn);
  const extra = { extra_content: { google: { thought_signature: 'sig' } } };
  const call = {
    id: 'call_PTLP8xhu3uwZk4l3nlnrrJha',
    name: 'handoff',
    arguments: { to_agent: 'B', reason: 'hard' },
    extra,
  };
  quick.script([{ toolCalls: [call] }]);
  careful.script([calls(['handoff', { to_agent: 'A', reason: 'back' }])]);
  const run = await temporal.run('relayAgent', []);
  await careful.whenRequested(1);
  const [asked] = careful.requests;
  const [written] = asked?.messages.find(({ role }) => role === 'assistant')?.tool_calls ?? [];
  expect(written?.id).toMatch(/^[a-z0-9]{9}$/);
  expect(written).not.toHaveProperty('extra_content');
  expect(asked?.messages.at(-1)).toMatchObject({ role: 'tool', tool_call_id: written?.id });
  quick.script([says('Done.')]);
  await quick.whenRequested(2);
  expect(quick.requests[1]?.messages.find(({ role }) => role === 'assistant')?.tool_calls?.[0]).toMatchObject({
    id: 'call_PTLP8xhu3uwZk4l3nlnrrJha',
    ...extra,
  });
  expect(String(await run.result())).toBe('Done.');
});

test('an agent whose llm has no server of its own asks the default one, and only there `model` counts', async () => {
  await serve(() => ({ model: 'the-only-one', models: { careful: { client: clientOf(careful) } } }));
  careful.script([says('Solved.')]);
  const run = await temporal.run('helpDeskAgent', [toExpert]);
  expect(String(await run.result())).toBe('Solved.');
  expect(temporal.requests.map(({ model }) => model)).toEqual(['the-only-one']);
  expect(modelsAsked(careful)).toEqual(['careful']);
});

test('a server of its own is asked again by Temporal alone, not by its client as well', async () => {
  await serve(eachItsOwn);
  quick.script([{ status: 500 }, says('Here I am.')]);
  const run = await temporal.run('helpDeskAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
  expect(quick.requests).toHaveLength(2);
  const { events } = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const attempts = events?.flatMap(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? []);
  expect(attempts).toEqual([2]);
});

test('of several servers, the one that refuses the key is named', async () => {
  await serve(eachItsOwn);
  quick.script([toExpert]);
  careful.script([{ status: 401, error: { message: 'Incorrect API key' } }]);
  const run = await temporal.run('helpDeskAgent', []);
  await expect(run.result()).rejects.toMatchObject({
    details: { cause: 'MODEL_UNAUTHORIZED' },
    message: expect.stringContaining(`("careful" at ${new URL(careful.url).host}: 401 Incorrect API key)`),
  });
});

test('a failure names the model as its server knows it, too', async () => {
  await serve(eachItsOwn);
  quick.script([{ status: 404, error: { message: 'no such model' } }]);
  const run = await temporal.run('helpDeskAgent', []);
  await expect(run.result()).rejects.toMatchObject({
    details: { cause: 'MODEL_REJECTED' },
    message: expect.stringContaining(`"quick", asked for as "small-1", at ${new URL(quick.url).host}`),
  });
});

test('of a server’s address a failure shows the host, and nothing that could be a secret', async () => {
  await serve(() => ({
    models: { quick: { client: new OpenAI({ apiKey: 'scripted', baseURL: `${quick.url}?token=hidden` }) } },
  }));
  const run = await temporal.run('helpDeskAgent', []);
  const error: unknown = await run.result().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: expect.stringContaining(new URL(quick.url).host) });
  expect(String(error)).not.toContain('hidden');
});
