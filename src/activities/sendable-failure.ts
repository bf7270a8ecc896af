/**
 * Sendable failure: turns anything that an activity throws into a failure that can be sent.
 *
 * Temporal's converter reads a thrown value outside the activity, where a throwing getter, a circle of causes or
 * details that are not JSON end the worker's process, and a failure of megabytes never arrives. So each part is read
 * here once, and a bounded copy leaves.
 *
 * @module
 */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import type { Duration } from '@temporalio/common';
import { errorText, jsonBytes, LIMITS, messageText, takeJson } from '../protocol';

/** The depth of nested causes. */
const CAUSES = 3;
/** The number of an AggregateError's errors. */
const ERRORS = 3;
/** Bytes of the details as JSON. Larger ones are dropped. */
const DETAILS_BYTES = 16 * 1024;
/** A year, since protobuf does not take any number. Unit: milliseconds. */
const LONGEST_DELAY_MS = 365 * 24 * 3_600_000;

/**
 * Keeps what Temporal acts on: type, nonRetryable, category, nextRetryDelay. Never throws.
 *
 * @param isFinal Must not be retried, whatever it says.
 */
export function sendableFailure(thrown: unknown, isFinal = false): ApplicationFailure {
  const failure = sendable(thrown, 0);
  return isFinal ? ApplicationFailure.fromError(failure, { nonRetryable: true }) : failure;
}

function sendable(thrown: unknown, depth: number): ApplicationFailure {
  const isFailure = isApplicationFailure(thrown);
  const cause = field(thrown, 'cause');
  const hasCause = typeof cause === 'object' && cause !== null && cause !== thrown && depth < CAUSES;
  const type = isFailure
    ? field(thrown, 'type')
    : (field(field(thrown, 'constructor'), 'name') ?? field(thrown, 'name'));
  const failure = ApplicationFailure.create({
    message: textOf(thrown),
    ...(typeof type === 'string' && typeof thrown === 'object'
      ? { type: messageText(type).slice(0, LIMITS.nameChars) }
      : {}),
    ...(hasCause ? { cause: sendable(cause, depth + 1) } : {}),
    ...(isFailure ? temporalsOwn(thrown) : {}),
  });
  const stack = field(thrown, 'stack');
  failure.stack = typeof stack === 'string' ? messageText(stack) : '';
  return failure;
}

/** The fields of an ApplicationFailure, whose constructor checks nothing. */
function temporalsOwn(thrown: unknown): Partial<Parameters<typeof ApplicationFailure.create>[0]> {
  const details = detailsOf(field(thrown, 'details'));
  const nextRetryDelay = delayOf(field(thrown, 'nextRetryDelay'));
  return {
    nonRetryable: field(thrown, 'nonRetryable') === true,
    ...(details === undefined ? {} : { details }),
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay }),
    ...(field(thrown, 'category') === ApplicationFailureCategory.BENIGN
      ? { category: ApplicationFailureCategory.BENIGN }
      : {}),
  };
}

function detailsOf(details: unknown): unknown[] | undefined {
  const taken = takeJson(details);
  if ('problem' in taken || !Array.isArray(taken.value)) return undefined;
  return jsonBytes(taken.value) <= DETAILS_BYTES ? taken.value : undefined;
}

function delayOf(delay: unknown): number | undefined {
  if (typeof delay !== 'number' && typeof delay !== 'string') return undefined;
  try {
    const ms = msToNumber(delay as Duration);
    return Number.isFinite(ms) && ms >= 0 ? Math.min(Math.round(ms), LONGEST_DELAY_MS) : undefined;
  } catch {
    return undefined;
  }
}

/** Its message, and the first ones inside an AggregateError, whose own is often empty. */
function textOf(thrown: unknown): string {
  const errors = field(thrown, 'errors');
  const text = errorText(thrown);
  if (!isArray(errors)) return messageText(text);
  const others = Array.from({ length: ERRORS }, (_none, nth) => field(errors, String(nth)));
  const texts = others.filter((one) => one !== undefined).map((one) => messageText(errorText(one)));
  return messageText([text, ...texts].join('; '));
}

function isApplicationFailure(thrown: unknown): boolean {
  try {
    return thrown instanceof ApplicationFailure;
  } catch {
    return false;
  }
}

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // A revoked proxy.
  }
}

function field(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
