/**
 * Model failure: a failed model call as a Temporal failure, retryable or not.
 *
 * @module
 */
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type AgentError, errorText, isAgentError, messageText } from '../protocol';

/** The longest delay between attempts. Unit: milliseconds. */
const LONGEST_DELAY_MS = 3_600_000;

type Times = Pick<Info, 'scheduledTimestampMs' | 'scheduleToCloseTimeoutMs'>;

/** Never throws, although a user's client can throw anything. */
export function toModelFailure(error: unknown, info: Times): ApplicationFailure {
  try {
    return failureOf(error, info);
  } catch {
    return failureOf('a value that cannot be read was thrown', info);
  }
}

function failureOf(error: unknown, info: Times): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (isAgentError(error, 'MODEL_UNAVAILABLE')) return unavailable(error, info);
  if (isAgentError(error)) {
    // A deployment mends what this worker does not know.
    const nonRetryable = error.code !== 'INVALID_DEFINITION';
    return ApplicationFailure.create({
      message: messageText(error.message),
      type: error.code,
      nonRetryable,
      details: [error.details],
    });
  }
  return ApplicationFailure.create({
    message: messageText(`The model could not be asked (${errorText(error)})`),
    type: 'MODEL_UNAVAILABLE',
    details: [{}],
  });
}

/** Temporal ends a call at once when its next attempt would exceed its limit; the message must say so. */
function unavailable(
  { message, details }: AgentError<'MODEL_UNAVAILABLE'>,
  { scheduledTimestampMs, scheduleToCloseTimeoutMs }: Times,
): ApplicationFailure {
  const { retryAfterMs, ...rest } = details;
  const leftMs = scheduledTimestampMs + scheduleToCloseTimeoutMs - Date.now();
  const isTooLate = retryAfterMs !== undefined && retryAfterMs >= leftMs;
  const back = isTooLate ? new Date(Date.now() + retryAfterMs).toISOString() : '';
  return ApplicationFailure.create({
    message: messageText(
      isTooLate
        ? `${message}. Its provider takes no more requests until ${back}, and modelRetryFor ends before that: start the run again then, or raise modelRetryFor.`
        : message,
    ),
    type: 'MODEL_UNAVAILABLE',
    nonRetryable: isTooLate,
    details: [rest],
    ...(retryAfterMs === undefined || isTooLate ? {} : { nextRetryDelay: Math.min(retryAfterMs, LONGEST_DELAY_MS) }),
  });
}
