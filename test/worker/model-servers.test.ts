import { afterEach, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { agentPlugin, type ModelServer } from '../../src/worker';
import { implementations } from '../fixtures/implementations';

const client = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });
const options = { workflows: require.resolve('../fixtures/workflows'), tools: implementations };
const environment = { ...process.env };

beforeEach(() => {
  delete process.env['OPENAI_API_KEY'];
});
afterEach(() => {
  process.env = { ...environment };
});

test('a worker whose every llm has a server of its own needs no model key', async () => {
  const models = { 'gpt-4o-mini': { client }, scripted: { client }, quick: { client }, careful: { client } };
  expect(await agentPlugin({ ...options, models })).toMatchObject({ name: 'countersign' });
});

test('without a model key a worker names each llm that is left without a server, and no other', async () => {
  const models = { quick: { client }, scripted: { client } };
  await expect(agentPlugin({ ...options, models })).rejects.toMatchObject({
    code: 'MODEL_KEY_MISSING',
    message: expect.stringMatching(/^No model key for the llm "careful", "gpt-4o-mini": set OPENAI_API_KEY/),
  });
});

test('a server for an llm that no agent has is an error that lists those they have', async () => {
  const models = { carefull: { client } };
  await expect(agentPlugin({ ...options, openai: client, models })).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringMatching(/"carefull".*"careful", "gpt-4o-mini", "quick", "scripted"/),
    details: { name: 'carefull' },
  });
});

test.each<[string, unknown]>([
  ['an empty server', {}],
  ['nothing', undefined],
  ['null', null],
  ['a name alone', 'gpt-4o'],
  ['a client that is not under `client`', client],
  ['a client that is none', { client: { apiKey: 'x' } }],
])('%s in place of a server is an error that says what to give', async (_what, server) => {
  const models = { careful: server as ModelServer };
  await expect(agentPlugin({ ...options, openai: client, models })).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringMatching(/"careful" has no client: give it \{client: new OpenAI/),
  });
});
