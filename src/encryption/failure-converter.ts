/**
 * Failure converter: moves the message and the stack trace of an error into a payload, where the codec encrypts them.
 *
 * All but what holds nothing of a run, and is told by what it is and never by its words, which anybody can write: errors that
 * we have marked (a worker that lacks a key, a query of ours that failed, which Temporal's client would only call "Encoded
 * failure"; SDK 1.24), and what Temporal says of a payload that it cannot decode, or of a query that there is not.
 *
 * Loaded by path, on the worker and inside the workflow bundle: it may import nothing of Node's.
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

/** What the payload converter says, and what the worker makes of it when it is an activity's arguments. */
function isUnreadable(error: unknown): boolean {
  if (error instanceof ValueError) {
    return error.message.startsWith('Unknown encoding: ') && unreadableReason(error.message) !== undefined;
  }
  if (!(error instanceof ApplicationFailure && error.type === 'ValueError' && ARGUMENTS.test(error.message)))
    return false;
  // From the first letter to the last: a tool may throw a class of that name, with words of its own.
  const said = error.message.replace(ARGUMENTS, '');
  return (
    said === ENCRYPTED_ENCODING || (said.startsWith(ENCRYPTED_ENCODING) && isKeyProblem(unreadableReason(said) ?? ''))
  );
}

/** As Temporal's worker says it, before what the converter said. */
const ARGUMENTS = /^Failed to parse activity args for activity [\w:.-]+: Unknown encoding: /;

/** Temporal says it with the names of the queries that there are. */
function isUnknownQuery(error: unknown): boolean {
  return (
    error instanceof ApplicationFailure &&
    error.type === 'ReferenceError' &&
    error.message.startsWith('Workflow did not register a handler for ') &&
    isQueried()
  );
}

/** A query counts as a replay, but as none of history. */
function isQueried(): boolean {
  if (!inWorkflowContext()) return false;
  const { isReplaying, isReplayingHistoryEvents } = workflowInfo().unsafe;
  return isReplaying && !isReplayingHistoryEvents;
}
