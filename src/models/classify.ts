/**
 * Classify: what a failed model request means, in one place.
 *
 * 408, 409, 429, 5xx and connection errors are retried by Temporal, after `retry-after` when the provider
 * says it; the rest fails at once, with a message that says what to do.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/common';
import { cutText, errorText, isAgentError, messageText, type AgentErrorCode } from '../protocol';

/** The parts of the openai client's APIError that are looked at. */
interface ProviderError {
  readonly status?: number;
  readonly code?: string | null;
  readonly type?: string;
  readonly message?: string;
  readonly headers?: { get(name: string): string | null };
}

/** @param server Whom it was asked of, for a person. */
export function toModelFailure(error: unknown, server?: string): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (isAgentError(error))
    return ApplicationFailure.create({ message: error.message, type: error.code, details: [error.details] });
  const { status, code, type, headers } = (typeof error === 'object' && error !== null ? error : {}) as ProviderError;
  const text = errorText(error);
  // A provider can say anything, and at any length.
  const quoted = cutText(text, 2000);
  const said = server === undefined ? quoted : `${server}: ${quoted}`;
  const details = status === undefined ? {} : { status };
  if (code === 'insufficient_quota' || type === 'insufficient_quota') {
    return fatal(
      'MODEL_QUOTA_EXHAUSTED',
      `The model's provider says that the quota is used up: raise it, then start the run again. (${said})`,
      details,
    );
  }
  if (isTooLong(code, text)) {
    return fatal(
      'MODEL_CONTEXT_TOO_LONG',
      `The conversation is longer than the model's context: use a model with a larger one, or tools that return less. (${said})`,
      details,
    );
  }
  if (status === undefined || isPassing(status)) {
    const delayMs = retryAfterMs(headers);
    return ApplicationFailure.create({
      message: messageText(`The model could not be asked (${said})`),
      type: 'MODEL_UNAVAILABLE',
      details: [details],
      ...(delayMs === undefined ? {} : { nextRetryDelay: delayMs }),
    });
  }
  if (status === 401 || status === 403) {
    return fatal(
      'MODEL_UNAUTHORIZED',
      `The model's provider refused the key: check OPENAI_API_KEY and OPENAI_BASE_URL of the worker, or the client it was given. (${said})`,
      details,
    );
  }
  return fatal(
    'MODEL_REJECTED',
    `The model's provider refused the request, and would again: check the model's name, its tools and the server's address. (${said})`,
    details,
  );
}

function isTooLong(code: string | null | undefined, said: string): boolean {
  return (
    code === 'context_length_exceeded' ||
    /context.{0,20}(length|window).{0,40}(exceed|maximum|too)|maximum context/i.test(said)
  );
}

function isPassing(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function fatal(code: AgentErrorCode, message: string, details: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: messageText(message),
    type: code,
    nonRetryable: true,
    details: [details],
  });
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. Unit: milliseconds, at most an hour. */
function retryAfterMs(headers: ProviderError['headers']): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  const text = headers?.get('retry-after') ?? '';
  const seconds = Number.parseFloat(text);
  const found = Number.isFinite(ms) ? ms : Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(found) && found > 0 ? Math.min(found, 3_600_000) : undefined;
}
