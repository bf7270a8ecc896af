/**
 * Agent tool: an agent workflow as a tool of another.
 *
 * The calling agent writes a request and gets the outcome; the two conversations are separate. For more (its own
 * arguments, several agents, code around them), call `ctx.runAgent` in a `defineTool`.
 *
 * @module
 */
import * as v from 'valibot';
import { AgentError } from '../protocol';
import { isAgentWorkflow, type AgentWorkflow } from './agent';
import { checkDefinition } from './options';
import { defineTool, type ContextTool } from './tool';

export interface AgentToolOptions {
  /** The tool's name. Default: the workflow's. */
  readonly name?: string;
  /** What the model is told of it. Default: the description of the workflow's root agent. */
  readonly description?: string;
  readonly returnDirect?: boolean;
}

/**
 * Make an agent workflow a tool.
 *
 * It takes a `request`, a text, and returns the agent's response, or its structured outcome when the workflow makes
 * one.
 *
 * @throws AgentError `INVALID_DEFINITION` for a name that models do not accept, or without a description.
 */
export function agentTool(agent: AgentWorkflow, options: AgentToolOptions = {}): ContextTool<{ request: string }> {
  checkDefinition.agentTool(options);
  if (!isAgentWorkflow(agent)) {
    throw new AgentError('INVALID_DEFINITION', 'agentTool is given an agent workflow: make one with AgentWorkflow.', {
      name: '',
    });
  }
  const { definition } = agent;
  const { name = definition.name, returnDirect = false } = options;
  const description = options.description ?? definition.agents.get(definition.rootAgent)?.description ?? '';
  if (description === '') {
    throw new AgentError(
      'INVALID_DEFINITION',
      `The agent tool "${name}" needs a description: without one a model does not know when to call it.`,
      { name },
    );
  }
  const tool = defineTool({
    name,
    description,
    parameters: { request: v.pipe(v.string(), v.regex(/\S/, 'it is empty')) },
    returnDirect,
    async execute({ request }, ctx) {
      const { response, structuredResponse } = await ctx.runAgent(agent, request);
      return structuredResponse ?? response;
    },
  });
  return { ...tool, agent };
}
