/**
 * Collect: finds definitions from the exports of a workflows module.
 *
 * Exported agent workflows and tools, their agents' tools, and agents given to `agentTool`. Not what a tool's body runs
 * by `ctx.runAgent`, since code cannot be inspected.
 *
 * @module
 */
import { isAgentWorkflow, type AgentWorkflowDefinition } from './agent';
import { isTool, type Tool } from './tool';

export interface CollectedDefinitions {
  readonly workflows: ReadonlySet<AgentWorkflowDefinition>;
  readonly tools: ReadonlySet<Tool>;
}

/** @param exported The module's exported values. */
export function collectDefinitions(exported: readonly unknown[]): CollectedDefinitions {
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
