/**
 * Workflow: what a module of agents imports. Deterministic, bundled for Temporal's sandbox.
 *
 * Values are exported one by one: some ES module loaders do not see names that a CommonJS module re-exports as a whole.
 *
 * @module
 */
export type * from '../index';
export {
  agentTool,
  activityTool,
  defineTool,
  defineEvent,
  AgentError,
  isAgentError,
  errorText,
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
  SIGNALS,
  UPDATES,
  QUERIES,
  DEFAULT_TASK_QUEUE,
} from '../index';
export { AgentWorkflow } from './agent-workflow';
export { openContext } from './open-context';
