/**
 * Protocol: what crosses a process boundary, and nothing else.
 *
 * @module
 */
export { answerSignal, answerLines, answerCommands, messageCommand, type RunPlace } from './answer-command';
export {
  BY_URL,
  readContent,
  hasMedia,
  isBlank,
  contentText,
  type TextPart,
  type ImagePart,
  type AudioPart,
  type FilePart,
  type ContentPart,
  type UserContent,
} from './content';
export { readCarried, type CarriedJson, type TurnOutcome } from './context/carried-json';
export {
  CONTEXT_VERSION,
  type ContextJson,
  type ThreadJson,
  type OpenTurnJson,
  type OpenCallJson,
  type OpenQuestionJson,
  type SettledQuestionJson,
} from './context/context-json';
export { journalProblem, type OperationKind, type OperationOutcome, type JournalEntry } from './context/journal-entry';
export { readContext } from './context/read-context';
export { DIGEST_CHARS, digestOf, saidBy } from './digest';
export { AgentError, isAgentError, errorText, type RefusalReason, type AgentErrorCode } from './errors';
export {
  RESERVED_FIELDS,
  lostField,
  unstamped,
  lostFieldProblem,
  defineEvent,
  extendsType,
  isEvent,
  schemaProblem,
  type AnyEvent,
  type EventOf,
  type FieldSchemas,
  type EventDefinition,
} from './event';
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
} from './events';
export { inertText, inertLine } from './inert-text';
export {
  takeJson,
  jsonProblem,
  copyJson,
  isPlainObject,
  canonicalJson,
  sameJson,
  byteLength,
  jsonBytes,
  messageText,
  cutText,
  type JsonPrimitive,
  type Json,
  type JsonObject,
  type TakenJson,
} from './json';
export { LIMITS } from './limits';
export { MODEL_ACTIVITY, type LiveText } from './live-text';
export {
  SIGNALS,
  UPDATES,
  QUERIES,
  DEFAULT_TASK_QUEUE,
  type Settlement,
  type Refusal,
  type MessagePlace,
  type EventsPage,
  type Unsettled,
  type EventsRequest,
  type FieldKind,
  type ExpectedField,
  type PendingInput,
  type RunStatus,
  type ChatMessage,
  type RunInput,
  type ToolCallSummary,
  type CutOff,
  type RunResult,
} from './messages';
export type { ModelToolCall, ProviderFields, Message, TranscriptPage } from './model-call/message';
export type { ModelPurpose, ModelCall, ModelReply } from './model-call/model-call';
export { passedKey, type Conversation, type ConversationSinks } from './model-call/passed-conversation';
export { takeReply } from './model-call/read-reply';
export { KINDS, needed, checkOptions, withoutUndefined, type OptionKind, type OptionTable } from './options';
export { READ_AHEAD, LOST_TASK, isReadAhead } from './read-ahead';
export { readRunInput, readRunData } from './run-input';
export {
  ENCRYPTED_ENCODING,
  unreadable,
  KEY_PROBLEMS,
  isKeyProblem,
  unreadableReason,
  readable,
  isReadable,
  UNDECODABLE,
  undecodableProblem,
  undecodableReason,
} from './unreadable';
export type { Usage, UsageByModel } from './usage';
