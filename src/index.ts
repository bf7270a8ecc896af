/**
 * Countersign: definitions and errors that are safe in every realm.
 *
 * @module
 */
export { agentTool, type AgentToolOptions } from './agent/agent-tool';
export { activityTool, defineTool } from './agent/tool';
export type { ActivityTool, ActivityToolOptions, ContextTool, Tool } from './agent/tool';
export type { AgentTask, Context, Store, WaitOptions } from './agent/context';
export * from './protocol/errors';
export { defineEvent } from './protocol/event';
export type { AnyEvent, EventDefinition, EventOf, FieldsOfEvent } from './protocol/event';
export * from './protocol/events';
export * from './protocol/messages';
