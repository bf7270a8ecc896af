/**
 * Errors: one class, told apart by `code`.
 *
 * Test `code` (or `isAgentError`), never `instanceof`: the workflow sandbox has a class of its own. Each message says
 * what happened, then what to do. docs/errors.md has a section for each code.
 *
 * @module
 */

/** Why an answer settled nothing. */
export type RefusalReason = 'invalid' | 'duplicate' | 'conflict' | 'late' | 'not_waiting' | 'ambiguous';

/** What each code carries. A new code is a minor release; a changed meaning is a major one. */
export interface AgentErrorDetails {
  /** A definition (agent, tool, event) cannot be used as written. */
  INVALID_DEFINITION: { readonly name: string };
  /** An option has another name, or is of another kind. */
  INVALID_OPTION: { readonly of: string; readonly option: string };
  /** An event does not fit its definition. */
  INVALID_EVENT: { readonly type: string };
  /** A value that must be JSON is not, or is too large. */
  INVALID_JSON: { readonly where: string };
  /** A duration is not one, or is zero. */
  INVALID_DURATION: { readonly where: string };
  /** A run was started with an input that no agent can use. */
  INVALID_INPUT: Record<string, never>;
  /** A run was started from a context that it cannot go on with. */
  INVALID_CONTEXT: Record<string, never>;
  /** A tool used its context after its call had ended, or that of another call. */
  CONTEXT_CLOSED: { readonly callId: string };
  /** A wait's own `timeout` passed. */
  INPUT_TIMED_OUT: { readonly inputId: string; readonly timeoutMs: number };
  /** An answer settled nothing. `open` lists the ids of the open questions. */
  ANSWER_REFUSED: { readonly reason: RefusalReason; readonly open: readonly string[] };
  /** No worker answered in time: the answer may or may not be applied later. */
  OUTCOME_UNKNOWN: { readonly answerId: string };
  /** Too many questions are open, or too many early events are kept. */
  LIMIT_EXCEEDED: { readonly limit: string };
  /** The model still wanted tools after the last allowed step. */
  MAX_ITERATIONS: { readonly maxIterations: number };
  /** The model's provider refused the key. */
  MODEL_UNAUTHORIZED: { readonly status?: number };
  /** The provider's account has no quota left. */
  MODEL_QUOTA_EXHAUSTED: { readonly status?: number };
  /** The conversation is longer than the model's context. */
  MODEL_CONTEXT_TOO_LONG: { readonly status?: number };
  /** The provider refused the request for another reason that a retry cannot mend. */
  MODEL_REJECTED: { readonly status?: number };
  /** The model could not be reached, or kept failing, for as long as retries were allowed. */
  MODEL_UNAVAILABLE: { readonly status?: number; readonly retryAfterMs?: number };
  /** The model gave no usable reply, several times: nothing, a withheld one, or a call that it failed to write. */
  MODEL_REPLY_UNUSABLE: Record<string, never>;
  /** No model key is configured, and some agent's `llm` has no server of its own. */
  MODEL_KEY_MISSING: Record<string, never>;
  /** A tool activity failed, or did not report back. */
  TOOL_FAILED: { readonly tool: string };
  /** A worker was made without the implementation of a tool of its agents, or with two. */
  TOOL_NOT_IMPLEMENTED: { readonly tools: readonly string[] };
  /** A setting of the environment, or of Temporal's configuration file, cannot be used. */
  INVALID_SETTING: { readonly name: string };
  /** The Temporal server cannot be reached. There is no `address` where the connection was made elsewhere. */
  TEMPORAL_UNREACHABLE: { readonly address?: string };
  /** There is no run with this id, or Temporal no longer keeps it. */
  RUN_NOT_FOUND: { readonly workflowId: string };
  /** A run with this id exists already. */
  RUN_ALREADY_EXISTS: { readonly workflowId: string };
  /** What came from the run is encoded with a key, or a codec, that is not here. */
  UNREADABLE: { readonly workflowId: string };
  /** No worker answers for the run: it goes on when there is one. */
  NO_WORKER: { readonly workflowId: string };
  /** A worker answers, and cannot go on with the run: `failure` says why, in the worker's words. */
  RUN_STUCK: { readonly workflowId: string; readonly failure: string; readonly answerId?: string };
  /** The run is paused: it answers nothing until it is unpaused. */
  RUN_PAUSED: { readonly workflowId: string };
  /** The run has ended and takes nothing more. */
  RUN_ENDED: { readonly workflowId: string };
  /** The run failed; `cause` is the code it failed with. */
  RUN_FAILED: { readonly workflowId: string; readonly cause?: string };
  RUN_CANCELLED: { readonly workflowId: string };
  RUN_TERMINATED: { readonly workflowId: string };
  RUN_TIMED_OUT: { readonly workflowId: string };
}

export type AgentErrorCode = keyof AgentErrorDetails;

export class AgentError<Code extends AgentErrorCode = AgentErrorCode> extends Error {
  readonly code: Code;
  readonly details: AgentErrorDetails[Code];

  constructor(code: Code, message: string, details: AgentErrorDetails[Code], options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'AgentError';
    this.code = code;
    this.details = details;
  }
}

/** Whether a thrown value is an AgentError, of `code` when one is given. Holds across realms. */
export function isAgentError<Code extends AgentErrorCode = AgentErrorCode>(
  error: unknown,
  code?: Code,
): error is AgentError<Code> {
  try {
    if (!(typeof error === 'object' && error !== null && 'name' in error && error.name === 'AgentError')) return false;
    return code === undefined || (error as AgentError).code === code;
  } catch {
    return false; // A tool can throw anything, a revoked proxy too.
  }
}

/** A thrown value's text, whatever was thrown. Never throws. */
export function errorText(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return String(error);
    const message: unknown = 'message' in error ? error.message : undefined;
    if (typeof message === 'string') return message || ('name' in error ? String(error.name) : 'Error');
    const shown: string | undefined = JSON.stringify(error);
    return shown ?? 'a value that cannot be shown was thrown';
  } catch {
    return 'a value that cannot be shown was thrown';
  }
}
