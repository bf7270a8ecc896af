/**
 * Workflows of ours that are measured: the example, an agent of many steps, and one to talk to at length.
 *
 * @module
 */
import { activityTool, AgentWorkflow } from 'countersign/workflow';
import { number, string } from 'valibot';
import { CHAT_MODEL, CHAT_TOKENS, STEPS, STEPS_MODEL } from './task';

export { dangerousAgent } from '../../examples/human-in-the-loop/workflows';

export const lookUp = activityTool({
  name: 'look_up',
  description: 'One page of the manual.',
  parameters: { page: number() },
  result: string(),
});

export const stepsAgent = AgentWorkflow.fromToolsOrFunctions([lookUp], {
  name: 'stepsAgent',
  llm: STEPS_MODEL,
  maxIterations: STEPS + 1,
});

export const chatAgent = AgentWorkflow.fromToolsOrFunctions([], {
  name: 'chatAgent',
  llm: CHAT_MODEL,
  memory: { tokenLimit: CHAT_TOKENS },
});
