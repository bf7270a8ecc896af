import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { AgentWorkflow } from '../../src/workflows';
import { agentPlugin } from '../../src/worker';
import { implementations } from '../fixtures/implementations';

const openai = new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' });

const created = (modelSettings: unknown): (() => unknown) => {
  const agent = { name: 'clerk', llm: 'm', modelSettings } as never;
  return () => AgentWorkflow.create({ name: 'clerkAgent', agents: [agent] });
};

test('an agent takes every setting, and an undefined one is as good as left out', () => {
  const modelSettings = {
    temperature: 0,
    topP: 1,
    maxTokens: 1,
    reasoningEffort: 'xhigh',
    seed: -7,
    extraBody: { grammar: 'root ::= "a"', chat_template_kwargs: { enable_thinking: false }, stop: ['.'] },
  };
  const one = AgentWorkflow.fromToolsOrFunctions([], { name: 'clerkAgent', llm: 'm', modelSettings });
  expect(one.definition.agents.get('clerkAgent')?.modelSettings).toEqual(modelSettings);
  const none = AgentWorkflow.create({
    name: 'clerkAgent',
    agents: [{ name: 'clerk', llm: 'm', modelSettings: { temperature: undefined } as never }],
  });
  expect(none.definition.agents.get('clerk')?.modelSettings).toEqual({});
});

test.each<[string, unknown, RegExp]>([
  ['no object', 0.2, /modelSettings of agent "clerk" takes its options as an object, not 0.2/],
  ['null', null, /takes its options as an object, not null/],
  ['a misspelt name', { temprature: 1 }, /takes no temprature\. Did you mean temperature\?/],
  ['the wire’s name', { max_tokens: 1 }, /takes no max_tokens\. Did you mean maxTokens\?/],
  ['what is no setting', { toolChoice: 'required' }, /takes no toolChoice, only temperature, topP/],
  ['a text for a number', { temperature: '0.2' }, /The temperature of .* must be a number of 0 or more, not a text/],
  ['null', { topP: null }, /must be a number from 0 to 1, not null/],
  ['no number', { temperature: Number.NaN }, /not NaN/],
  ['a negative temperature', { temperature: -1 }, /not -1/],
  ['a share above 1', { topP: 95 }, /from 0 to 1, not 95/],
  ['no tokens', { maxTokens: 0 }, /an integer of 1 or more, not 0/],
  ['half a token', { maxTokens: 1.5 }, /not 1.5/],
  ['endless tokens', { maxTokens: Number.POSITIVE_INFINITY }, /not Infinity/],
  ['no effort', { reasoningEffort: '' }, /a text such as "low"/],
  ['a seed that JSON rounds', { seed: 2 ** 60 }, /must be an integer, not/],
  ['a list of fields', { extraBody: [] }, /extraBody .* an object, not a list/],
  ['a field that is no JSON', { extraBody: { at: new Date() } }, /is not JSON: a Date/],
  ['the conversation', { extraBody: { messages: [] } }, /cannot set messages: the conversation is written by the run/],
  ['the tools, in other letters', { extraBody: { Tools: [] } }, /cannot set Tools: use the tools of the agent/],
  ['several replies', { extraBody: { n: 2 } }, /cannot set n: one reply is read/],
  ['a setting by another way', { extraBody: { max_completion_tokens: 5 } }, /cannot set .*: use maxTokens/],
])('%s in the settings of an agent is refused by name', (_what, modelSettings, message) => {
  expect(created(modelSettings)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }),
  );
});

test('wrong settings of a model of a worker are refused, and say of which', async () => {
  const models = { careful: [{ client: openai }, { client: openai, modelSettings: { topP: 2 } }] };
  await expect(
    agentPlugin({ workflows: require.resolve('../fixtures/workflows'), tools: implementations, openai, models }),
  ).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(/topP of modelSettings of createWorker\(\{models\}\) for "careful" at place 2 must/),
  });
});
