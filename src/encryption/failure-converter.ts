/**
 * Failure converter: moves an error's message and stack into a payload that the codec encrypts.
 *
 * Exceptions hold nothing of a run, and are recognized by what they are, never by words that anybody can write: errors
 * that we marked (a missing key; our failed queries, which Temporal's client would only call "Encoded failure"; SDK
 * 1.24), and Temporal's own errors of an undecodable payload or an unknown query.
 *
 * Loaded by path, on the worker and in the workflow bundle, so it imports nothing of Node's.
 *
 * @module
 */
import { ApplicationFailure, DefaultFailureConverter, ValueError, type FailureConverter } from '@temporalio/common';
import { inWorkflowContext, workflowInfo } from '@temporalio/workflow';
import { ENCRYPTED_ENCODING, isKeyProblem, isReadable, unreadableReason } from '../protocol';

const hiding = new DefaultFailureConverter({ encodeCommonAttributes: true });
const plain = new DefaultFailureConverter();

export const failureConverter: FailureConverter = {
  errorToFailure: (error, payloadConverter, context) => {
    const isPlain = isReadable(error) || isUnreadable(error) || isUnknownQuery(error);
    return (isPlain ? plain : hiding).errorToFailure(error, payloadConverter, context);
  },
  failureToError: (failure, payloadConverter, context) => plain.failureToError(failure, payloadConverter, context),
};

/** The payload converter's error, and what the worker makes of it for an activity's arguments. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof ValueError) {
    return error.message.startsWith('Unknown encoding: ') && unreadableReason(error.message) !== undefined;
  }
  if (!(error instanceof ApplicationFailure && error.type === 'ValueError' && ARGUMENTS.test(error.message)))
    return false;
  // Matched in full, since a tool may throw a class of that name with its own words.
  const said = error.message.replace(ARGUMENTS, '');
  return (
    said === ENCRYPTED_ENCODING || (said.startsWith(ENCRYPTED_ENCODING) && isKeyProblem(unreadableReason(said) ?? ''))
  );
}

/** Temporal's worker puts this before the converter's words. */
const ARGUMENTS = /^Failed to parse activity args for activity [\w:.-]+: Unknown encoding: /;

/** Temporal lists the queries that exist. */
function isUnknownQuery(error: unknown): boolean {
  return (
    error instanceof ApplicationFailure &&
    error.type === 'ReferenceError' &&
    error.message.startsWith('Workflow did not register a handler for ') &&
    isQueried()
  );
}

/** A query counts as a replay, but not of history. */
function isQueried(): boolean {
  if (!inWorkflowContext()) return false;
  const { isReplaying, isReplayingHistoryEvents } = workflowInfo().unsafe;
  return isReplaying && !isReplayingHistoryEvents;
}
