/**
 * Workflows: an agent, one whose tool runs another agent, and a workflow written by hand. All ask alike.
 *
 * @module
 */
import { AgentWorkflow, agentTool, openContext } from 'countersign/workflow';
import type { Script } from './runs';
import { approve, askAndAct } from './tools';

const llm = 'scripted';

export const askingAgent = AgentWorkflow.fromToolsOrFunctions([approve], { name: 'askingAgent', llm });

export const clerk = AgentWorkflow.fromToolsOrFunctions([approve], {
  name: 'clerk',
  description: 'Does what a script says.',
  llm,
});

export const officeAgent = AgentWorkflow.fromToolsOrFunctions([agentTool(clerk)], { name: 'officeAgent', llm });

export async function handWritten({ run, steps }: Script): Promise<string> {
  const ctx = openContext();
  for (const step of steps) await Promise.all(step.map((call) => askAndAct(ctx, call)));
  return `${run} is done.`;
}
