/**
 * AgentWorkflow: a Temporal workflow function with its definition attached.
 *
 * So anything that starts workflows can start it: the plain client, the CLI, a Schedule, the web UI.
 * Nothing it needs travels in headers or plugins.
 *
 * @module
 */
import { isCancellation } from '@temporalio/workflow';
import {
  readAgentWorkflowOptions,
  type AgentOptions,
  type AgentWorkflow as AgentWorkflowFunction,
  type AgentWorkflowDefinition,
  type AgentWorkflowOptions,
  type Tool,
} from '../agent';
import {
  errorText,
  isAgentError,
  readRunInput,
  StopEvent,
  WorkflowCancelledEvent,
  WorkflowFailedEvent,
  type RunResult,
} from '../protocol';
import { runTurn } from './agent-loop';
import { isRunCancelled, toFailure } from './failure';
import { setMessageHandlers } from './messages';
import { Run } from './run';

export type AgentWorkflow = AgentWorkflowFunction;

export const AgentWorkflow = {
  /**
   * An agent workflow of one or several agents. Export it under its `name`.
   *
   * @throws AgentError `INVALID_DEFINITION`, saying what is wrong.
   */
  create(options: AgentWorkflowOptions): AgentWorkflow {
    const definition = readAgentWorkflowOptions(options);
    const workflow = (input: unknown): Promise<RunResult> => execute(definition, input);
    Object.defineProperty(workflow, 'name', { value: definition.name });
    return Object.assign(workflow, { definition });
  },

  /**
   * An agent workflow of a single agent, which has the workflow's name.
   *
   * @throws AgentError `INVALID_DEFINITION`, saying what is wrong; for a bare function, how to wrap it.
   */
  fromToolsOrFunctions(
    tools: readonly Tool[],
    options: Omit<AgentOptions, 'tools'> & Omit<AgentWorkflowOptions, 'agents' | 'rootAgent'>,
  ): AgentWorkflow {
    const { name, description, systemPrompt, llm, ...rest } = options;
    return AgentWorkflow.create({
      ...rest,
      name,
      agents: [
        {
          name,
          llm,
          tools,
          ...(description === undefined ? {} : { description }),
          ...(systemPrompt === undefined ? {} : { systemPrompt }),
        },
      ],
    });
  },
};

async function execute(definition: AgentWorkflowDefinition, input: unknown): Promise<RunResult> {
  const run = new Run();
  setMessageHandlers(run);
  try {
    const result = await runTurn(run, definition, readRunInput(input));
    run.end('completed', StopEvent({ result: { ...result, toolCalls: [...result.toolCalls] } }));
    return result;
  } catch (error) {
    if (isRunCancelled() && isCancellation(error)) {
      run.end('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
    } else if (isAgentError(error)) {
      run.end('failed', WorkflowFailedEvent({ message: errorText(error), code: error.code }));
      throw toFailure(error);
    }
    throw error;
  }
}
