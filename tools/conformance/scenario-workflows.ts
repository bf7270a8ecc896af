/**
 * Scenario workflows: an AgentWorkflow for each scenario, built from its file.
 *
 * Bundled for Temporal, and loaded by the worker. An agent's `llm` is its workflow's name: that is how the one
 * scripted model knows whose script to play.
 *
 * @module
 */
import { AgentWorkflow, defineTool, type Tool } from 'countersign/workflow';
import { schemasOf } from './json-types';
import type { Cast, Fields, Scenario } from './scenario';
import { perform } from './tool-body';

type AgentWorkflowOptions = Parameters<typeof AgentWorkflow.create>[0];

/** @returns The workflows by name: what a workflows module exports. */
export function scenarioWorkflows(casts: Readonly<Record<string, Cast>>): Record<string, AgentWorkflow> {
  return Object.fromEntries(Object.entries(casts).map(([name, cast]) => [name, scenarioWorkflow(name, cast)]));
}

/** @throws Error, or AgentError `INVALID_DEFINITION`, saying what about it cannot be built. */
export function scenarioWorkflow(name: string, cast: Cast): AgentWorkflow {
  const { agents, root_agent, initial_state, state_prompt, early_stopping_method, timeout } = cast.workflow;
  return AgentWorkflow.create({
    name,
    agents: agents.map((agent) => ({
      name: agent.name,
      llm: name,
      tools: agent.tools.map((tool) => scenarioTool(name, tool, cast)),
      ...(agent.description == null ? {} : { description: agent.description }),
      ...(agent.system_prompt == null ? {} : { systemPrompt: agent.system_prompt }),
      ...(agent.can_handoff_to == null ? {} : { canHandoffTo: agent.can_handoff_to }),
      ...(agent.streaming == null ? {} : { streaming: agent.streaming }),
    })),
    ...(root_agent == null ? {} : { rootAgent: root_agent }),
    ...(initial_state == null ? {} : { initialState: initial_state }),
    ...(state_prompt == null ? {} : { statePrompt: state_prompt }),
    ...(early_stopping_method == null ? {} : { earlyStoppingMethod: early_stopping_method }),
    ...(timeout == null ? {} : { timeout: timeout * 1000 }),
    ...outcomeOptions(cast.workflow),
  });
}

function scenarioTool(scenario: string, name: string, { tools, event_types: types }: Cast): Tool {
  const tool = tools[name];
  if (tool === undefined) throw new Error(`An agent has the tool "${name}", which the scenario does not describe.`);
  const body = { scenario, operations: tool.body, types };
  return defineTool({
    name,
    description: tool.description,
    parameters: schemasOf(tool.params),
    returnDirect: tool.return_direct,
    execute: (args, ctx) => perform(body, args as Fields, ctx),
  });
}

/** As in the original, `output_cls` goes before `structured_output_fn`: that gives its fields and counts the messages. */
function outcomeOptions({
  output_cls,
  structured_output_fn: fields,
}: Scenario['workflow']): Pick<AgentWorkflowOptions, 'output' | 'structuredOutput'> {
  if (output_cls != null) return { output: schemasOf(output_cls.fields) };
  return fields == null ? {} : { structuredOutput: (messages) => ({ ...fields, n_messages: messages.length }) };
}
