/**
 * Countersign: definitions and errors that are safe in every realm.
 *
 * @module
 */
export { agentTool, type AgentToolOptions } from './agent/agent-tool';
export type {
  Agent,
  AgentOptions,
  AgentWorkflow as AgentWorkflowFunction,
  AgentWorkflowDefinition,
  AgentWorkflowOptions,
} from './agent/agent';
export type { AgentTask, Context, Store, WaitOptions } from './agent/context';
export type { HandoffTarget } from './agent/handoff';
export type { MemoryOptions } from './agent/memory';
export { activityTool, defineTool } from './agent/tool';
export type { ActivityTool, ActivityToolOptions, ContextTool, Tool, ToolOptions, ToolParameters } from './agent/tool';
export type { Message, ModelToolCall } from './agent/transcript';
export * from './protocol/errors';
export { defineEvent } from './protocol/event';
export type {
  AnyEvent,
  EventDefinition,
  EventOf,
  EventStamps,
  FieldSchemas,
  FieldsOfEvent,
} from './protocol/event';
export * from './protocol/events';
export type { Json, JsonObject, JsonPrimitive } from './protocol/json';
export * from './protocol/messages';
