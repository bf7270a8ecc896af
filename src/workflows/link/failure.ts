/**
 * Failure: the one place where our errors become Temporal's.
 *
 * An AgentError becomes an ApplicationFailure: its code is the `type`, its details the first detail. Anything else that
 * our own code throws is a bug: Temporal retries the workflow task until a fixed worker is deployed.
 *
 * @module
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  DeterminismViolationError,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import {
  AgentError,
  cutText,
  errorText,
  isPlainObject,
  messageText,
  takeJson,
  type AgentErrorCode,
} from '../../protocol';

export function toFailure(error: AgentError): ApplicationFailure {
  return withoutStack(
    ApplicationFailure.create({
      message: messageText(error.message),
      type: error.code,
      nonRetryable: true,
      details: [error.details],
    }),
  );
}

export function refusalFailure(message: string, details: unknown[]): ApplicationFailure {
  return withoutStack(ApplicationFailure.create({ message, type: 'ANSWER_REFUSED', nonRetryable: true, details }));
}

/** A stack would add nothing and shows the worker's paths. */
function withoutStack(failure: ApplicationFailure): ApplicationFailure {
  failure.stack = '';
  return failure;
}

/** Whether a thrown value ends the run and must not become a tool's failure. */
export function endsRun(error: unknown): boolean {
  try {
    if (error instanceof ContinueAsNew || error instanceof DeterminismViolationError) return true;
    return isRunCancelled() && isCancellation(error);
  } catch {
    return false; // A tool can throw anything, even a revoked proxy.
  }
}

/** A thrown value with its stack, for the log. Never throws. */
export function stackOf(error: unknown): string {
  const text = errorText(error);
  try {
    const { stack } = error as { readonly stack?: unknown };
    return messageText(typeof stack === 'string' ? stack : text);
  } catch {
    return messageText(text);
  }
}

export function isRunCancelled(): boolean {
  return CancellationScope.current().consideredCancelled;
}

/** An operator who fails a model activity by hand can give any code. */
const MODEL_CODES = [
  'INVALID_DEFINITION',
  'MODEL_CONTEXT_TOO_LONG',
  'MODEL_KEY_MISSING',
  'MODEL_QUOTA_EXHAUSTED',
  'MODEL_REJECTED',
  'MODEL_REPLY_UNUSABLE',
  'MODEL_UNAUTHORIZED',
  'MODEL_UNAVAILABLE',
] as const satisfies readonly AgentErrorCode[];

export function modelError(error: unknown, retriedFor: string): unknown {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true) {
    const code = MODEL_CODES.find((known) => known === cause.type) ?? 'MODEL_REJECTED';
    const taken = takeJson(cause.details?.[0] ?? {});
    const details = 'value' in taken && isPlainObject(taken.value) ? taken.value : {};
    return new AgentError<AgentErrorCode>(code, messageText(cause.message), details);
  }
  const last = cause instanceof TimeoutFailure && cause.cause !== undefined ? cause.cause : cause;
  if (last instanceof ApplicationFailure && last.type === 'INVALID_DEFINITION') {
    const { name } = (last.details?.[0] ?? {}) as { readonly name?: unknown };
    const message = messageText(`${last.message} It was tried again for ${retriedFor}.`);
    return new AgentError('INVALID_DEFINITION', message, { name: typeof name === 'string' ? name : '' });
  }
  return new AgentError(
    'MODEL_UNAVAILABLE',
    messageText(
      `The model did not reply for ${retriedFor}, with retries. Last problem: ${last instanceof TimeoutFailure ? timeoutText(last) : cutText(errorText(last), 2000)}. Start the run again when the model is back, or raise modelRetryFor.`,
    ),
    {},
  );
}

function timeoutText({ timeoutType }: TimeoutFailure): string {
  if (timeoutType === 'HEARTBEAT') return 'the worker that asked it was not heard of any more';
  return timeoutType === 'START_TO_CLOSE'
    ? "its reply took longer than its agent's modelTimeout"
    : 'its reply was not there by then';
}

export function toolError(tool: string, error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return error;
  const { cause } = error;
  const isUnknown =
    cause instanceof TimeoutFailure || (cause instanceof ApplicationFailure && cause.type === 'WorkerShutdown');
  const message = isUnknown
    ? `The tool "${tool}" did not report back in time (${messageText(errorText(cause))}): it may or may not have taken effect.`
    : messageText(errorText(cause ?? error));
  return new AgentError('TOOL_FAILED', message, { tool });
}
