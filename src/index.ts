/**
 * Countersign: definitions and errors that are safe in every realm.
 *
 * Values are exported one by one: some ES module loaders do not see names that a CommonJS module re-exports as a whole.
 *
 * @module
 */
export type { Message, ModelToolCall, ProviderFields } from './protocol';
export { agentTool, type AgentToolOptions } from './agent/agent-tool';
export type {
  Agent,
  AgentOptions,
  PromptRun,
  SystemPrompt,
  AgentWorkflow as AgentWorkflowFunction,
  AgentWorkflowDefinition,
  AgentWorkflowOptions,
  EarlyStoppingMethod,
} from './agent/agent';
export type { AgentTask, Context, Store, WaitOptions } from './agent/context';
export type { HandoffTarget } from './agent/handoff';
export type { MemoryOptions } from './agent/memory';
export type { ModelSettings } from './agent/model-settings';
export { activityTool, defineTool } from './agent/tool';
export type {
  ActivityTool,
  ActivityToolOptions,
  ArgsOf,
  ContextTool,
  SchemaOf,
  SentArgsOf,
  Tool,
  ToolOptions,
  ToolParameters,
} from './agent/tool';
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
  Settlement,
  Refusal,
  MessagePlace,
  EventsPage,
  Unsettled,
  EventsRequest,
  FieldKind,
  ExpectedField,
  PendingInput,
  RunStatus,
  ChatMessage,
  RunInput,
  ToolCallSummary,
  CutOff,
  RunResult,
} from './protocol/messages';
export { SIGNALS, UPDATES, QUERIES, DEFAULT_TASK_QUEUE } from './protocol/messages';
export type { TotalUsage, Usage } from './protocol/usage';
