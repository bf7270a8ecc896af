import { afterEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { AgentClient } from '../../src/client';
import { AgentWorkflow, activityTool, defineTool } from '../../src/workflows';
import { agentPlugin, createWorker, implement, type Deployment } from '../../src/worker';
import { checkImplementations, readDefinitions } from '../../src/activities';
import { argumentsSchema } from '../../src/models';
import { implementations } from '../fixtures/implementations';
import { sendEmail } from '../fixtures/workflows';

const workflows = require.resolve('../fixtures/workflows');
const openai = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });
const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

test('without a model key a worker does not start, and says what to set', async () => {
  delete process.env['OPENAI_API_KEY'];
  await expect(createWorker({ workflows, tools: implementations })).rejects.toMatchObject({
    code: 'MODEL_KEY_MISSING',
    message: expect.stringContaining('OPENAI_API_KEY'),
  });
});

test('with a tool that is not implemented a worker does not start, and names it', async () => {
  await expect(
    createWorker({ workflows, openai, tools: implementations.filter(({ tool }) => tool.name !== 'count_effect') }),
  ).rejects.toMatchObject({
    code: 'TOOL_NOT_IMPLEMENTED',
    details: { tools: ['count_effect'] },
  });
});

test('a tool implemented twice is an error', () => {
  const twice = [implement(sendEmail, async () => ''), implement(sendEmail, async () => '')];
  expect(() => checkImplementations([], twice)).toThrow(/two implementations of "send_email"/);
});

test('a module that cannot be loaded is an error that says why', async () => {
  await expect(agentPlugin({ workflows: '/nowhere/workflows', openai })).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringContaining('/nowhere/workflows'),
  });
});

test('an agent exported under another name is an error that says which', () => {
  const agent = AgentWorkflow.fromToolsOrFunctions([], { name: 'refundAgent', llm: 'x' });
  expect(() => readDefinitions({ refundsAgent: agent })).toThrow(/"refundAgent" is exported as "refundsAgent"/);
});

test.each<[string, unknown, RegExp]>([
  ['no object', 'agents', /give \{name/],
  ['no name', { buildId: '2' }, /the name is a text/],
  [
    'an empty build id, of a variable that is not set',
    { name: 'agents', buildId: '' },
    /the buildId is a text.*environment/,
  ],
  ['a build id that is no text', { name: 'agents', buildId: 2 }, /the buildId is a text/],
  ['a point in the name', { name: 'agents.eu', buildId: '2' }, /no "\."/],
  ['a colon in the name', { name: 'agents:eu', buildId: '2' }, /no ":"/],
  ['a name of Temporal’s own', { name: '__agents', buildId: '2' }, /"__"/],
  ['a build id that is too long', { name: 'agents', buildId: 'x'.repeat(256) }, /255 bytes/],
  ['another behavior', { name: 'agents', buildId: '2', versioningBehavior: 'pinned' }, /"PINNED" or "AUTO_UPGRADE"/],
  ['a misspelt field', { name: 'agents', buildID: '2' }, /no "buildID"/],
])('a deployment with %s stops the worker before it connects', async (_name, deployment, message) => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  await expect(
    createWorker({ workflows, openai, tools: implementations, deployment: deployment as Deployment }),
  ).rejects.toMatchObject({ code: 'INVALID_DEFINITION', message: expect.stringMatching(message) });
});

test('a deployment beside Temporal’s own option for it is an error: one would win without a word', async () => {
  const deployment = { name: 'agents', buildId: '2' };
  const given = { workflows, openai, tools: implementations, deployment, buildId: '3' };
  await expect(createWorker(given)).rejects.toMatchObject({ message: expect.stringContaining('"buildId"') });
});

test('without a server at the address worker and client say so in one line', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  const unreachable = {
    code: 'TEMPORAL_UNREACHABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1.*TEMPORAL_ADDRESS/),
  };
  await expect(createWorker({ workflows, openai, tools: implementations })).rejects.toMatchObject(unreachable);
  await expect(AgentClient.connect()).rejects.toMatchObject(unreachable);
});

test('a schema that cannot be told to a model stops the worker, not the first run', () => {
  const odd = { '~standard': { version: 1 as const, vendor: 'odd', validate: (value: unknown) => ({ value }) } };
  const tool = defineTool({ name: 'odd', description: '', parameters: odd, execute: () => '' });
  expect(() => argumentsSchema(tool)).toThrow(/"odd" cannot be told to a model/);
});

test.each<[string, () => unknown, RegExp]>([
  [
    'a bare function as a tool',
    () => AgentWorkflow.fromToolsOrFunctions([(() => 1) as never], { name: 'a', llm: 'x' }),
    /defineTool/,
  ],
  ['what is no tool', () => AgentWorkflow.fromToolsOrFunctions(['x' as never], { name: 'a', llm: 'x' }), /no tool/],
  [
    'two tools of one name',
    () => AgentWorkflow.fromToolsOrFunctions([sendEmail, sendEmail], { name: 'a', llm: 'x' }),
    /two tools/,
  ],
  [
    'a name that cannot be exported',
    () => AgentWorkflow.fromToolsOrFunctions([], { name: 'my agent', llm: 'x' }),
    /export/,
  ],
  ['no model', () => AgentWorkflow.fromToolsOrFunctions([], { name: 'a', llm: '' }), /llm/],
  ['no agents', () => AgentWorkflow.create({ name: 'a', agents: [] }), /no agents/],
  [
    'no root among several',
    () =>
      AgentWorkflow.create({
        name: 'a',
        agents: [
          { name: 'x', llm: 'y' },
          { name: 'z', llm: 'y' },
        ],
      }),
    /rootAgent/,
  ],
  [
    'an unknown root',
    () => AgentWorkflow.create({ name: 'a', rootAgent: 'q', agents: [{ name: 'x', llm: 'y' }] }),
    /"q"/,
  ],
  [
    'two agents of one name',
    () =>
      AgentWorkflow.create({
        name: 'a',
        rootAgent: 'x',
        agents: [
          { name: 'x', llm: 'y' },
          { name: 'x', llm: 'y' },
        ],
      }),
    /two agents/,
  ],
  [
    'a limit of no steps',
    () => AgentWorkflow.create({ name: 'a', maxIterations: 0, agents: [{ name: 'x', llm: 'y' }] }),
    /maxIterations/,
  ],
  [
    'a retry time that is none',
    () => AgentWorkflow.fromToolsOrFunctions([], { name: 'a', llm: 'x', modelRetryFor: 'soon' }),
    /modelRetryFor/,
  ],
  [
    'a tool without time',
    () =>
      AgentWorkflow.fromToolsOrFunctions([activityTool({ name: 't', description: '', startToCloseTimeout: 0 })], {
        name: 'a',
        llm: 'x',
      }),
    /startToCloseTimeout/,
  ],
  ['a tool name that models refuse', () => activityTool({ name: 'send email', description: '' }), /cannot name a tool/],
])('%s is an error at definition', (_name, define, message) => {
  expect(define).toThrow(
    expect.objectContaining({ code: 'INVALID_DEFINITION', message: expect.stringMatching(message) }),
  );
});
