/**
 * Definitions: the agents a worker serves, by workflow type and agent name.
 *
 * Read from the user's own module, which is bundled for the sandbox as well: so prompts and schemas are
 * looked up here and never travel through a run's history.
 *
 * @module
 */
import { isAgentWorkflow, isTool, type Agent, type AgentWorkflowDefinition, type Tool } from '../agent';
import { AgentError } from '../protocol';

export interface Definitions {
  readonly workflows: ReadonlyMap<string, AgentWorkflowDefinition>;
  /** Every tool of an agent, and every tool the module exports. */
  readonly tools: readonly Tool[];
}

/**
 * @param exported The module's exports, by export name.
 * @throws AgentError `INVALID_DEFINITION` when an AgentWorkflow is exported under another name than its own, or two of
 *   one name can be reached.
 */
export function readDefinitions(exported: Readonly<Record<string, unknown>>): Definitions {
  const found = new Found();
  for (const [exportName, value] of Object.entries(exported)) {
    if (isTool(value)) found.addTool(value);
    if (!isAgentWorkflow(value)) continue;
    const { definition } = value;
    if (exportName !== definition.name) {
      throw new AgentError(
        'INVALID_DEFINITION',
        `AgentWorkflow "${definition.name}" is exported as "${exportName}", so Temporal would not find it: export it as "${definition.name}".`,
        { name: definition.name },
      );
    }
    found.addWorkflow(definition);
  }
  return { workflows: found.workflows, tools: [...found.tools] };
}

/** What can be reached from a module's exports: an agent's tools, and the agents those run. */
class Found {
  readonly workflows = new Map<string, AgentWorkflowDefinition>();
  readonly tools = new Set<Tool>();

  addWorkflow(definition: AgentWorkflowDefinition): void {
    const { name } = definition;
    const known = this.workflows.get(name);
    if (known === definition) return;
    if (known !== undefined) {
      throw new AgentError('INVALID_DEFINITION', `Two AgentWorkflows are called "${name}": rename one.`, { name });
    }
    this.workflows.set(name, definition);
    for (const agent of definition.agents.values()) for (const tool of agent.tools) this.addTool(tool);
  }

  addTool(tool: Tool): void {
    this.tools.add(tool);
    if (tool.kind === 'context' && tool.agent !== undefined) this.addWorkflow(tool.agent.definition);
  }
}

/** @throws AgentError `INVALID_DEFINITION` when this worker does not serve that agent. Another deployment mends it. */
export function findAgent(
  definitions: Definitions,
  workflowType: string,
  agentName: string,
): { readonly definition: AgentWorkflowDefinition; readonly agent: Agent } {
  const definition = definitions.workflows.get(workflowType);
  const agent = definition?.agents.get(agentName);
  if (definition !== undefined && agent !== undefined) return { definition, agent };
  throw new AgentError(
    'INVALID_DEFINITION',
    `This worker has no agent "${agentName}" in "${workflowType}": deploy a worker whose workflows module exports it, or gives it to agentTool, and the run goes on.`,
    { name: agentName },
  );
}
