/**
 * What a model says is not judged here, only what a run makes of it. What was sent and what came is in build/real-model.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandler } from '../../src/client';
import { InputRequiredEvent, type AnyEvent, type RunInput } from '../../src/protocol';
import { bundleOptions } from '../../src/worker';
import { allEvents, eventOfType, TestTemporal } from '../setup/temporal';
import { type RecordedModel, recordedModel } from './recorded';

const temporal = new TestTemporal();
const workflows = require.resolve('./agents');
let recorded: RecordedModel;
let folder: string | undefined;

beforeAll(async () => {
  recorded = recordedModel();
  folder = mkdtempSync(join(tmpdir(), 'countersign-model-'));
  const codePath = join(folder, 'workflows.js');
  const { code } = await bundleWorkflowCode({ ...bundleOptions({ workflows }), logger: new DefaultLogger('WARN') });
  writeFileSync(codePath, code);
  const { client, model } = recorded;
  // A small model may never end by itself.
  const models = { real: { client, model, modelSettings: { maxTokens: 60 } } };
  await temporal.start({ workflows, workflowBundle: { codePath }, tools: [], models });
});
afterEach(async () => {
  const { currentTestName = 'test' } = expect.getState();
  await recorded?.keep(currentTestName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60));
});
afterAll(async () => {
  await temporal.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

async function play(workflow: string, input: RunInput | string): Promise<WorkflowHandler> {
  return await temporal.client.run(workflow, input, { taskQueue: temporal.taskQueue });
}

/** Each call has its result, and each question of the model its reply. */
function isWhole(events: readonly AnyEvent[]): boolean {
  const ids = (type: string): readonly unknown[] =>
    events.filter((event) => event.type === type).map((event) => event['toolId']);
  const [asked, replied] = ['AgentInput', 'AgentOutput'].map(
    (type) => events.filter((event) => event.type === type).length,
  );
  return (
    JSON.stringify([...ids('ToolCall')].sort()) === JSON.stringify([...ids('ToolCallResult')].sort()) &&
    asked === replied
  );
}

test('a conversation of two turns goes through, and its words are heard as they come', async () => {
  const run = await play('talker', { userMsg: 'Name a colour.', conversation: true });
  const heard: string[] = [];
  const listening = (async () => {
    for await (const event of run.streamEvents())
      if (event.type === 'AgentStream') heard.push(String(event['response']));
  })();
  await eventOfType(run, 'TurnEnded');
  await run.sendMessage('And another one.');
  await run.close();
  const result = await run.result();
  await listening;
  expect(result.response.trim()).not.toBe('');
  expect(isWhole(await allEvents(run))).toBe(true);
  expect(heard.length).toBeGreaterThan(0);
  expect(result.usage).toMatchObject({ real: { calls: 2 } });
});

test('a run whose first reply must be a call goes through, with each call’s result', async () => {
  const run = await play('adder', 'What is 12 plus 30?');
  await run.result();
  expect(isWhole(await allEvents(run))).toBe(true);
});

test('a call that is only text is a reply like any other', async () => {
  const run = await play('freeAdder', 'What is 12 plus 30?');
  expect((await run.result()).response.trim()).not.toBe('');
  expect(isWhole(await allEvents(run))).toBe(true);
});

test('a person is asked where the model calls the tool that asks, and the run goes on with the answer', async () => {
  const run = await play('dangerous', 'Do the dangerous task.');
  for await (const event of run.streamEvents()) {
    if (InputRequiredEvent.is(event)) await run.respond(event, { response: 'yes', user_name: 'Laurie' });
  }
  const events = await allEvents(run);
  expect(isWhole(events)).toBe(true);
  const given = events.filter(({ type }) => type === 'ToolCallResult').map(({ toolOutput }) => toolOutput);
  expect(given.every((output) => output === 'The dangerous task is done.')).toBe(true);
});

test('the outcome as data fits its schema, or the run ends without', async () => {
  const run = await play('person', 'Ann Lee is 42 years old. Who is that, and how old?');
  const { structuredResponse } = await run.result();
  if (structuredResponse !== undefined) {
    expect(structuredResponse).toEqual({ name: expect.any(String), age: expect.any(Number) });
  }
});

test('a reply that was cut off says so', async () => {
  const run = await play('brief', 'Tell me a long story about the sea.');
  expect(await run.result()).toMatchObject({ finishReason: 'length' });
});

test('a conversation that is too long for the model is told as that', async () => {
  const words = Array.from({ length: 40_000 }, (_none, nth) => `word${nth}`)
    .join(' ')
    .slice(0, 250_000);
  const run = await play('talker', words);
  await expect(run.result()).rejects.toMatchObject({ details: { cause: 'MODEL_CONTEXT_TOO_LONG' } });
});
