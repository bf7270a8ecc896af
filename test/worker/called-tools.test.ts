import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { agentPlugin, implement } from '../../src/worker';
import { activityTool } from '../../src/workflows';
import { charge, refund } from '../fixtures/called/effects';

const openai = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });
const workflows = require.resolve('../fixtures/called/workflows');
const done = (): string => 'done';

test('an activity tool that only the body of a tool calls is missing when the worker is made, not when it is called', async () => {
  await expect(agentPlugin({ workflows, openai })).rejects.toMatchObject({
    code: 'TOOL_NOT_IMPLEMENTED',
    details: { tools: ['notify_buyer'] },
    message: expect.stringMatching(/implement.*unserved/),
  });
  const notified = [implement((require('../fixtures/called/notices') as { notifyBuyer: never }).notifyBuyer, done)];
  // Its file was loaded before the module, and it is found by what else of that file the worker has.
  await expect(agentPlugin({ workflows, openai, tools: [...notified, implement(charge, done)] })).rejects.toMatchObject(
    {
      details: { tools: ['refund'] },
    },
  );
  const both = [implement(charge, done), implement(refund, done), ...notified];
  expect(await agentPlugin({ workflows, openai, tools: both })).toMatchObject({ name: 'countersign' });
});

test('what is declared beside them and not called is named as unserved, and is not asked for', async () => {
  const { notifyBuyer } = require('../fixtures/called/notices') as typeof import('../fixtures/called/notices');
  const options = { workflows, openai, tools: [implement(charge, done)] };
  expect(await agentPlugin({ ...options, unserved: [refund, notifyBuyer] })).toMatchObject({ name: 'countersign' });
});

test('a tool that an agent has cannot be unserved', async () => {
  const { listed } = require('../fixtures/called/listed') as typeof import('../fixtures/called/listed');
  await expect(
    agentPlugin({ workflows: require.resolve('../fixtures/called/listed'), openai, unserved: [listed] }),
  ).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('"listed"') });
});

test('a tool that is declared somewhere else in the process is nobody’s to implement', async () => {
  activityTool({ name: 'of_another_worker', description: '' });
  const options = { workflows: require.resolve('../fixtures/called/nothing'), openai };
  expect(await agentPlugin(options)).toMatchObject({ name: 'countersign' });
});
