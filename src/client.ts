/**
 * Client: starts runs, follows them, answers them, in any process and at any time.
 *
 * @module
 */
export { AgentClient, type AgentClientOptions, type RunOptions } from './client/agent-client';
export { WorkflowHandler, type StreamOptions } from './client/workflow-handler';
export type {
  ContextJson,
  JournalEntry,
  Message,
  ModelToolCall,
  OpenCallJson,
  OpenQuestionJson,
  OpenTurnJson,
  SettledQuestionJson,
  ThreadJson,
} from './agent';
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
export type {
  ChatMessage,
  ExpectedField,
  PendingInput,
  RunInput,
  RunResult,
  RunStatus,
  Settlement,
  ToolCallSummary,
} from './protocol/messages';
