/**
 * Reach: what can be found from the exports of a workflows module.
 *
 * Agent workflows and tools that are exported, the tools of their agents, and the agents that `agentTool` gave
 * those. Not what the body of a tool runs by `ctx.runAgent`: code cannot be looked into.
 *
 * @module
 */
import { isAgentWorkflow, type AgentWorkflowDefinition } from './agent';
import { isTool, type Tool } from './tool';

export interface Reached {
  readonly workflows: ReadonlySet<AgentWorkflowDefinition>;
  readonly tools: ReadonlySet<Tool>;
}

/** @param exported The values that the module exports. */
export function reach(exported: readonly unknown[]): Reached {
  const workflows = new Set<AgentWorkflowDefinition>();
  const tools = new Set<Tool>();
  const addTool = (tool: Tool): void => {
    tools.add(tool);
    if (tool.kind === 'context' && tool.agent !== undefined) addWorkflow(tool.agent.definition);
  };
  const addWorkflow = (definition: AgentWorkflowDefinition): void => {
    if (workflows.has(definition)) return;
    workflows.add(definition);
    for (const agent of definition.agents.values()) for (const tool of agent.tools) addTool(tool);
  };
  for (const value of exported) {
    if (isTool(value)) addTool(value);
    if (isAgentWorkflow(value)) addWorkflow(value.definition);
  }
  return { workflows, tools };
}
