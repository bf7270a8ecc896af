/**
 * Definitions: the agents that a worker serves, by workflow type and agent name.
 *
 * Read from the user's module, which is also bundled for the sandbox, so prompts and schemas never travel through
 * history.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/common';
import { isAgentWorkflow, collectDefinitions, type Agent, type AgentWorkflowDefinition, type Tool } from '../agent';
import { AgentError, type ModelCall } from '../protocol';

export interface Definitions {
  readonly workflows: ReadonlyMap<string, AgentWorkflowDefinition>;
  /** Every tool of an agent, and every exported tool. */
  readonly tools: readonly Tool[];
}

/**
 * @param exported The module's exports by name.
 * @throws AgentError `INVALID_DEFINITION` when an AgentWorkflow is exported under another name than its own, or two of
 *   one name can be reached.
 */
export function readDefinitions(exported: Readonly<Record<string, unknown>>): Definitions {
  for (const [exportName, value] of Object.entries(exported)) checkExportName(exportName, value);
  const found = collectDefinitions(Object.values(exported));
  const workflows = new Map<string, AgentWorkflowDefinition>();
  for (const definition of found.workflows) {
    const { name } = definition;
    if (workflows.has(name)) {
      throw new AgentError('INVALID_DEFINITION', `Two AgentWorkflows are called "${name}": rename one.`, { name });
    }
    workflows.set(name, definition);
  }
  return { workflows, tools: [...found.tools] };
}

function checkExportName(exportName: string, value: unknown): void {
  if (!isAgentWorkflow(value) || exportName === value.definition.name) return;
  const { name } = value.definition;
  throw new AgentError(
    'INVALID_DEFINITION',
    `AgentWorkflow "${name}" is exported as "${exportName}", so Temporal would not find it: export it as "${name}".`,
    { name },
  );
}

/**
 * @param runType The run's own workflow type.
 * @throws AgentError `INVALID_DEFINITION` when this worker does not serve that agent. Retryable: this worker may be an
 *   old one during a deployment.
 * @throws ApplicationFailure Non-retryable, when the calling code does not export the agent: no worker of that version
 *   will know it.
 */
export function findAgent(
  definitions: Definitions,
  runType: string,
  { workflow = runType, agent: agentName, isUnexported }: Pick<ModelCall, 'workflow' | 'agent' | 'isUnexported'>,
): { readonly definition: AgentWorkflowDefinition; readonly agent: Agent } {
  const definition = definitions.workflows.get(workflow);
  const agent = definition?.agents.get(agentName);
  if (definition !== undefined && agent !== undefined) return { definition, agent };
  if (definition === undefined && isUnexported === true) throw unexported(workflow);
  throw new AgentError(
    'INVALID_DEFINITION',
    `This worker has no agent "${agentName}" in "${workflow}": deploy a worker whose workflows module exports it, or gives it to agentTool, and the run goes on.`,
    { name: agentName },
  );
}

function unexported(name: string): ApplicationFailure {
  return ApplicationFailure.create({
    message: `The agent workflow "${name}" is run by ctx.runAgent, and the workflows module does not export it, so that no worker finds its prompts and tools: export it there as "${name}".`,
    type: 'INVALID_DEFINITION',
    nonRetryable: true,
    details: [{ name }],
  });
}
