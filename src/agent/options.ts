/**
 * Options of definitions: what agents, workflows and tools take.
 *
 * @module
 */
import { checkOptions, KINDS, needed, type OptionKind, type OptionTable } from '../protocol';
import type { AgentOptions, AgentWorkflowOptions } from './agent';
import type { AgentToolOptions } from './agent-tool';
import type { MemoryOptions } from './memory';
import type { ActivityToolOptions, ToolOptions, ToolParameters } from './tool';

const isSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;

const schema: OptionKind = {
  noun: 'a valibot schema for each field, as {to: string()}, or a Standard Schema of an object',
  // Problems of an object's fields are reported where they are read.
  fits: (value) => isSchema(value) || KINDS.object.fits(value),
};

const AGENT: OptionTable<AgentOptions> = {
  name: needed(KINDS.text),
  description: KINDS.text,
  systemPrompt: {
    noun: 'a text, or a function that gives one',
    fits: (value) => KINDS.text.fits(value) || KINDS.code.fits(value),
  },
  llm: KINDS.any,
  modelTimeout: KINDS.duration,
  tools: KINDS.list,
  canHandoffTo: KINDS.texts,
  streaming: KINDS.flag,
  allowParallelToolCalls: KINDS.flag,
  initialToolChoice: KINDS.text,
  // Read where the agent is.
  modelSettings: KINDS.any,
};

const WORKFLOW: OptionTable<AgentWorkflowOptions> = {
  name: needed(KINDS.text),
  agents: needed(KINDS.list),
  rootAgent: KINDS.text,
  maxIterations: KINDS.number,
  earlyStoppingMethod: {
    noun: '"force" or "generate"',
    fits: (value) => value === 'force' || value === 'generate',
  },
  timeout: KINDS.duration,
  modelRetryFor: KINDS.duration,
  modelTimeout: KINDS.duration,
  initialState: KINDS.object,
  statePrompt: KINDS.text,
  memory: KINDS.object,
  carriedBytes: KINDS.number,
  output: schema,
  structuredOutput: KINDS.code,
};

const { agents: _agents, rootAgent: _rootAgent, ...ALONE } = WORKFLOW;
const { tools: _tools, canHandoffTo: _canHandoffTo, ...ITS_AGENT } = AGENT;
const FROM_TOOLS: OptionTable<
  Omit<AgentOptions, 'tools' | 'canHandoffTo'> & Omit<AgentWorkflowOptions, 'agents' | 'rootAgent'>
> = { ...ALONE, ...ITS_AGENT };

const MEMORY: OptionTable<MemoryOptions> = { tokenLimit: KINDS.any, overflow: KINDS.any };

const TOOL: OptionTable<ToolOptions<ToolParameters>> = {
  name: needed(KINDS.text),
  description: needed(KINDS.text),
  parameters: schema,
  returnDirect: KINDS.flag,
};

const CONTEXT_TOOL: OptionTable<ToolOptions<ToolParameters> & { execute: unknown }> = {
  ...TOOL,
  execute: needed(KINDS.code),
};

const ACTIVITY_TOOL: OptionTable<ToolOptions<ToolParameters> & ActivityToolOptions & { result: unknown }> = {
  ...TOOL,
  startToCloseTimeout: KINDS.duration,
  scheduleToCloseTimeout: KINDS.duration,
  heartbeatTimeout: KINDS.duration,
  retry: KINDS.object,
  taskQueue: KINDS.text,
  result: { noun: 'a schema, as string()', fits: isSchema },
};

const AGENT_TOOL: OptionTable<AgentToolOptions> = {
  name: KINDS.text,
  description: KINDS.text,
  returnDirect: KINDS.flag,
};

/** These throw AgentError `INVALID_OPTION`. */
export const checkDefinition = {
  workflow(options: unknown): void {
    checkOptions('AgentWorkflow.create', options, WORKFLOW);
    const { name, agents, memory } = options;
    for (const agent of agents) checkOptions(`An agent of "${name}"`, agent, AGENT);
    if (memory !== undefined) checkOptions(`The memory of "${name}"`, memory, MEMORY);
  },
  fromTools: (options: unknown): void => checkOptions('AgentWorkflow.fromToolsOrFunctions', options, FROM_TOOLS),
  contextTool: (options: unknown): void => checkOptions('defineTool', options, CONTEXT_TOOL),
  activityTool: (options: unknown): void => checkOptions('activityTool', options, ACTIVITY_TOOL),
  agentTool: (options: unknown): void => checkOptions('agentTool', options, AGENT_TOOL),
};
