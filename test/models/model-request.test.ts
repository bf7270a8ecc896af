import { expect, test } from '@jest/globals';
import { string } from 'valibot';
import type { Agent, ModelSettings } from '../../src/agent';
import { modelRequest } from '../../src/models';
import type { ModelPurpose } from '../../src/protocol';
import { AgentWorkflow } from '../../src/workflows';

const { definition } = AgentWorkflow.fromToolsOrFunctions([], {
  name: 'clerkAgent',
  llm: 'm',
  modelSettings: {
    temperature: 0.25,
    maxTokens: 16,
    extraBody: { grammar: 'root ::= "a"', guided_json: {}, provider: { data_collection: 'deny' } },
  },
  output: { name: string() },
});
const agent = definition.agents.get('clerkAgent') as Agent;

const settingsFor = (purpose?: ModelPurpose): ModelSettings =>
  modelRequest({ definition, agent, messages: [], ...(purpose === undefined ? {} : { purpose }) }).settings;

test('a step and the last word are asked for with all settings of the agent', () => {
  expect(settingsFor()).toEqual(agent.modelSettings);
  expect(settingsFor('final')).toEqual(agent.modelSettings);
});

test('a summary and the outcome as data are bound to neither the length nor the form of what the agent says', () => {
  const settings = { temperature: 0.25, extraBody: { provider: { data_collection: 'deny' } } };
  expect(settingsFor('summary')).toEqual(settings);
  expect(settingsFor('structured')).toEqual(settings);
});
