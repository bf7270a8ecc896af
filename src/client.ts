/**
 * Client: starts, follows and answers runs, from any process at any time.
 *
 * Values are exported one by one: some ES module loaders do not see names that a CommonJS module re-exports as a whole.
 *
 * @module
 */
export type {
  ContextJson,
  JournalEntry,
  Message,
  ModelToolCall,
  OpenCallJson,
  OpenQuestionJson,
  OpenTurnJson,
  OperationOutcome,
  ProviderFields,
  SettledQuestionJson,
  ThreadJson,
} from './protocol';
export { AgentClient, type AgentClientOptions, type RunOptions } from './client/agent-client';
export { WorkflowHandler, type StreamOptions } from './client/workflow-handler';
export type { AudioPart, ContentPart, FilePart, ImagePart, TextPart, UserContent } from './protocol/content';
export type { RefusalReason, AgentErrorDetails, AgentErrorCode } from './protocol/errors';
export { AgentError, isAgentError, errorText } from './protocol/errors';
export { defineEvent } from './protocol/event';
export type {
  AnyEvent,
  EventDefinition,
  EventOf,
  EventStamps,
  FieldSchemas,
  FieldsOfEvent,
} from './protocol/event';
export {
  InputRequiredEvent,
  HumanResponseEvent,
  AgentInput,
  MemoryCompacted,
  AgentStream,
  AgentOutput,
  ToolCall,
  ToolCallResult,
  AgentStreamStructuredOutput,
  UserMessage,
  TurnEnded,
  StopEvent,
  WorkflowFailedEvent,
  WorkflowCancelledEvent,
  WorkflowTimedOutEvent,
  AnswerRefused,
  AnswerUnnamed,
  EventsExpired,
  RunReset,
  RunStuck,
  RUN_EVENTS,
} from './protocol/events';
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
export type { TotalUsage, Usage } from './protocol/usage';
