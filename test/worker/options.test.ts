import { expect, test } from '@jest/globals';
import OpenAI from 'openai';

import { AgentClient } from '../../src/client';
import { encryptionCodec, startCodecServer } from '../../src/encryption';
import { findTemporal, startDevServer, startScriptedModel } from '../../src/testing';
import { activityTool, agentTool, AgentWorkflow, defineTool } from '../../src/workflows';
import { agentPlugin, createWorker, implement } from '../../src/worker';
import { implementations } from '../fixtures/implementations';

const workflows = require.resolve('../fixtures/workflows');
const openai = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });
const good = { workflows, openai, tools: implementations };
const effect = activityTool({ name: 'effect', description: '' });
const body = defineTool({ name: 'body', description: '', execute: () => '' });
const keys = { k1: Buffer.alloc(32).toString('base64') };
const handler = new AgentClient({} as never).getHandler('x');

/** As plain JavaScript calls it: with anything. */
type Anything = (...given: unknown[]) => unknown;
const js = (call: unknown): Anything => call as Anything;

test.each<[string, () => unknown, RegExp]>([
  ['createWorker without options', () => js(createWorker)(), /as an object, not undefined/],
  ['a misspelt option of a worker', () => js(createWorker)({ ...good, workflow: 'x' }), /no workflow\. .*workflows\?/],
  ['Temporal’s name for ours', () => js(createWorker)({ ...good, workflowsPath: 'x' }), /workflowsPath.*workflows\?/],
  [
    'a misspelt option of Temporal’s',
    () => js(createWorker)({ ...good, maxCachedWorkflow: 1 }),
    /maxCachedWorkflows\?/,
  ],
  ['another case of a letter', () => js(createWorker)({ ...good, taskqueue: 'x' }), /taskQueue\?/],
  ['what neither has', () => js(createWorker)({ ...good, llm: 'x' }), /no llm, and Temporal has no such option/],
  ['no workflows', () => js(createWorker)({ openai }), /needs workflows/],
  [
    'tools as an object',
    () => js(createWorker)({ ...good, tools: {} }),
    /tools of createWorker must be a list, not an object/,
  ],
  ['a bare function among the tools', () => js(createWorker)({ ...good, tools: [() => 1] }), /implement\(tool, fn\)/],
  ['nothing among the tools', () => js(createWorker)({ ...good, tools: [undefined] }), /implement\(tool, fn\)/],
  ['a tool among the tools', () => js(createWorker)({ ...good, tools: [effect] }), /implement\(tool, fn\)/],
  ['a key for a client', () => js(createWorker)({ ...good, openai: 'sk-secret' }), /new OpenAI.*, not a text/],
  [
    'a misspelt field of a model',
    () => js(createWorker)({ ...good, models: { x: { client: openai, modle: 'y' } } }),
    /model\?/,
  ],
  ['a module that was not awaited', () => js(createWorker)({ ...good, definitions: Promise.resolve({}) }), /await it/],
  [
    'a misspelt option of the plugin',
    () => js(agentPlugin)({ ...good, tool: [] }),
    /agentPlugin takes no tool\. .*tools\?/,
  ],
  [
    'a worker’s option of the plugin',
    () => js(agentPlugin)({ ...good, namespace: 'x' }),
    /takes no namespace, only workflows,/,
  ],
  ['an implementation without a function', () => js(implement)(effect), /a function/],
  ['an implementation of a workflow’s tool', () => js(implement)(body, () => 1), /"body" was made with defineTool/],
  ['a misspelt option of a client', () => js(AgentClient.connect)({ adress: 'x' }), /address\?/],
  ['a namespace that is none', () => js(AgentClient.connect)({ namespace: 1 }), /namespace .* a text/],
  [
    'a misspelt option of a run',
    () => js((o: never) => new AgentClient({} as never).run('x', 'y', o))({ workflowid: 'x' }),
    /workflowId\?/,
  ],
  [
    'a misspelt option of a stream',
    () => js((o: never) => handler.streamEvents(o))({ from: 1 }),
    /streamEvents takes no from, only after/,
  ],
  [
    'a place on a stream that is a text',
    () => js((o: never) => handler.streamEvents(o))({ after: '1' }),
    /after .* a number/,
  ],
  ['a misspelt option of a tool', () => js(defineTool)({ name: 'x', description: '', excute: () => 1 }), /execute\?/],
  ['a tool without a body', () => js(defineTool)({ name: 'x', description: '' }), /needs execute, a function/],
  ['a tool without a name', () => js(defineTool)({ description: '', execute: () => 1 }), /needs name/],
  [
    'JSON Schema for parameters',
    () => js(activityTool)({ name: 'x', description: '', parameters: { type: 'object' } }),
    /Standard Schema/,
  ],
  [
    'a misspelt time of a tool',
    () => js(activityTool)({ name: 'x', description: '', startToClose: '1 s' }),
    /startToCloseTimeout\?/,
  ],
  ['a misspelt option of an agent tool', () => js(agentTool)({ definition: {} }, { nam: 'x' }), /name\?/],
  ['an agent tool of no agent', () => js(agentTool)({}), /AgentWorkflow/],
  [
    'a misspelt option of an agent',
    () => js(AgentWorkflow.fromToolsOrFunctions)([], { name: 'a', llm: 'x', systemprompt: '' }),
    /systemPrompt\?/,
  ],
  [
    'a misspelt option of one of several',
    () => js(AgentWorkflow.create)({ name: 'a', agents: [{ name: 'b', llm: 'x', tool: [] }] }),
    /"a" takes no tool\. .*tools\?/,
  ],
  [
    'an agent without tools',
    () => js(AgentWorkflow.fromToolsOrFunctions)(undefined, { name: 'a', llm: 'x', tools: [] }),
    /takes no tools/,
  ],
  [
    'tools of an agent that are no list',
    () => js(AgentWorkflow.fromToolsOrFunctions)({}, { name: 'a', llm: 'x' }),
    /tools .* a list/,
  ],
  [
    'another way to stop early',
    () => js(AgentWorkflow.fromToolsOrFunctions)([], { name: 'a', llm: 'x', earlyStoppingMethod: 'stop' }),
    /"force" or "generate"/,
  ],
  [
    'a misspelt option of a memory',
    () => js(AgentWorkflow.fromToolsOrFunctions)([], { name: 'a', llm: 'x', memory: { tokens: 5 } }),
    /only tokenLimit, overflow/,
  ],
  ['a misspelt option of encryption', () => js(encryptionCodec)({ keys, used: 'k1' }), /use\?/],
  [
    'a misspelt option of a codec server',
    () => js(startCodecServer)({ codec: encryptionCodec({ keys, use: 'k1' }), port: 0, tokn: 'x' }),
    /token\?/,
  ],
  ['a misspelt option of a dev server', () => js(startDevServer)({ headless: true }), /takes no headless/],
  ['a misspelt option of the search for one', () => js(findTemporal)({ envs: {} }), /env\?/],
  ['a misspelt option of a scripted model', () => js(startScriptedModel)({ reply: [] }), /replies\?|takes no reply/],
])('%s is refused before anything is done', async (_name, act, message) => {
  await expect((async () => await act())()).rejects.toMatchObject({
    code: expect.stringMatching(/^INVALID_(OPTION|DEFINITION)$/),
    message: expect.stringMatching(message),
  });
});

test('an option that is undefined is as good as left out', async () => {
  const tool = defineTool({ name: 'x', description: '', execute: () => '', parameters: undefined as never });
  expect(tool.name).toBe('x');
});

test('no refusal repeats a text that was given: it may be a secret', async () => {
  await expect(js(createWorker)({ ...good, openai: 'sk-secret' })).rejects.not.toThrow(/sk-secret/);
});

test('the lists of Temporal’s options are those of the SDK that is installed', () => {
  for (const name of ['client', 'worker']) {
    const { version } = require(`@temporalio/${name}/package.json`) as { readonly version: string };
    expect([name, version]).toEqual([name, expect.stringMatching(/^1\.24\./)]);
  }
});
