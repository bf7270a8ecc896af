/**
 * The agents that a real model plays.
 *
 * @module
 */
import * as v from 'valibot';
import { AgentWorkflow, defineTool, HumanResponseEvent, InputRequiredEvent } from '../../src/workflows';

const LLM = 'real';

export const talker = AgentWorkflow.fromToolsOrFunctions([], {
  name: 'talker',
  llm: LLM,
  systemPrompt: 'You are brief. Answer in one short sentence.',
});

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: { a: v.number(), b: v.number() },
  execute: ({ a, b }) => a + b,
});

/** Its first reply is to be a call; what follows is the model's own choice. */
export const adder = AgentWorkflow.fromToolsOrFunctions([add], {
  name: 'adder',
  llm: LLM,
  systemPrompt: 'Use the tool add for every sum.',
  initialToolChoice: 'required',
  maxIterations: 3,
  earlyStoppingMethod: 'generate',
});

/** The same, and nothing makes it call. */
export const freeAdder = AgentWorkflow.fromToolsOrFunctions([add], {
  name: 'freeAdder',
  llm: LLM,
  systemPrompt: 'Use the tool add for every sum.',
  maxIterations: 3,
  earlyStoppingMethod: 'generate',
});

const dangerousTask = defineTool({
  name: 'dangerous_task',
  description: 'Does a dangerous task, after a person has said yes.',
  execute: async (_args, ctx) => {
    const { response } = await ctx.waitForEvent(HumanResponseEvent, {
      waiterEvent: InputRequiredEvent({ prefix: 'Are you sure you want to proceed? ', user_name: 'Laurie' }),
      requirements: { user_name: 'Laurie' },
    });
    return response === 'yes' ? 'The dangerous task is done.' : 'The dangerous task was not done.';
  },
});

export const dangerous = AgentWorkflow.fromToolsOrFunctions([dangerousTask], {
  name: 'dangerous',
  llm: LLM,
  systemPrompt: 'You do dangerous tasks with your tool.',
  initialToolChoice: 'required',
  maxIterations: 2,
  earlyStoppingMethod: 'generate',
});

export const person = AgentWorkflow.fromToolsOrFunctions([], {
  name: 'person',
  llm: LLM,
  output: { name: v.string(), age: v.number() },
});

export const brief = AgentWorkflow.fromToolsOrFunctions([], {
  name: 'brief',
  llm: LLM,
  modelSettings: { maxTokens: 4 },
});
