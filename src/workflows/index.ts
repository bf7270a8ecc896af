/**
 * Workflow: what a module of agents imports. Deterministic: it is bundled for Temporal's sandbox.
 *
 * Values are exported one by one: not every loader of ES modules finds what a CommonJS module hands on as a whole.
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
