/**
 * Workflows of ours that are measured: the example, and an agent of many steps.
 *
 * @module
 */
import { activityTool, AgentWorkflow } from 'countersign/workflow';
import { number, string } from 'valibot';
import { STEPS, STEPS_MODEL } from './task';

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
