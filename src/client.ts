/**
 * Client: starts runs, follows them, answers them, in any process and at any time.
 *
 * @module
 */
export { AgentClient, type AgentClientOptions, type RunOptions } from './client/agent-client';
export { WorkflowHandler, type StreamOptions } from './client/workflow-handler';
export * from './protocol/errors';
export { defineEvent } from './protocol/event';
export type { AnyEvent, EventDefinition, EventOf } from './protocol/event';
export * from './protocol/events';
export type { ExpectedField, PendingInput } from './protocol/messages';
