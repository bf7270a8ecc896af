/**
 * Agent: what an agent is, pure.
 *
 * @module
 */
export {
  readAgentWorkflowOptions,
  isAgentWorkflow,
  type AgentOptions,
  type Agent,
  type AgentWorkflowOptions,
  type AgentWorkflowDefinition,
  type AgentWorkflow,
} from './agent';
export type { WaitOptions, AgentTask, Context, Store } from './context';
export { declaredTools } from './declared';
export { HANDOFF_TOOL, handoffDone, handoffRefused } from './handoff';
export { Memory } from './memory';
export { readModelSettings, type ModelSettings } from './model-settings';
export { checkDefinition } from './options';
export { collectDefinitions } from './collect';
export { issuesText, schemaIssuesNow, onlyChecks } from './schema-issues';
export {
  activityTool,
  isTool,
  activityTypeOf,
  type ToolParameters,
  type ActivityTool,
  type ActivityToolOptions,
  type Tool,
  type ToolCallInput,
} from './tool';
export { Transcript } from './transcript';
