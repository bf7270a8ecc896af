/**
 * Failure converter: moves the message and the stack trace of an error into a payload, where the codec encrypts them.
 *
 * All but two kinds. That something cannot be read for want of a key holds no secret, and whoever is to mend it must be
 * able to read it without one. And why a query failed is kept nowhere, but Temporal's client would only say "Encoded
 * failure" of it (SDK 1.24).
 *
 * Loaded by path, on the worker and inside the workflow bundle: it may import nothing of Node's.
 *
 * @module
 */
import { DefaultFailureConverter, type FailureConverter } from '@temporalio/common';
import { inWorkflowContext, workflowInfo } from '@temporalio/workflow';
import { errorText, unreadableReason } from '../protocol';

const hiding = new DefaultFailureConverter({ encodeCommonAttributes: true });
const plain = new DefaultFailureConverter();

export const failureConverter: FailureConverter = {
  errorToFailure: (error, payloadConverter, context) => {
    const isPlain = unreadableReason(errorText(error)) !== undefined || isQueried();
    return (isPlain ? plain : hiding).errorToFailure(error, payloadConverter, context);
  },
  failureToError: (failure, payloadConverter, context) => plain.failureToError(failure, payloadConverter, context),
};

/** A query counts as a replay, but as none of history. */
function isQueried(): boolean {
  if (!inWorkflowContext()) return false;
  const { isReplaying, isReplayingHistoryEvents } = workflowInfo().unsafe;
  return isReplaying && !isReplayingHistoryEvents;
}
