/**
 * Client error: what Temporal's client throws, as an AgentError that says what to do.
 *
 * @module
 */
import {
  type Client,
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { AgentError, errorText, type RefusalReason, unreadableReason } from '../protocol';

/** gRPC's own numbers, of which only these matter here. */
const NOT_FOUND = 5;
const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;

export async function toClientError(error: unknown, client: Client, workflowId: string): Promise<unknown> {
  const options = { cause: error };
  const codes = [error, causeOf(error)].filter(isGrpcServiceError).map(({ code }) => code);
  const isNotFound = error instanceof WorkflowNotFoundError;
  if ((isNotFound || codes[0] === NOT_FOUND) && !(await exists(client, workflowId)))
    return notFound(error, client, workflowId);
  if (isNotFound) {
    const message = `The run "${workflowId}" has ended and takes nothing more.`;
    return new AgentError('RUN_ENDED', message, { workflowId }, options);
  }
  if (codes[0] === UNAVAILABLE) {
    return new AgentError(
      'TEMPORAL_UNREACHABLE',
      `The Temporal server does not answer: ${errorText(causeOf(error) ?? error)}`,
      { address: '' },
      options,
    );
  }
  const text = errorText(error);
  const reason = unreadableReason(text);
  if (reason === undefined) return error;
  // What our own converter says, or a worker of its own.
  const what = text.includes('Unknown encoding')
    ? `What came from the run "${workflowId}" cannot be read here`
    : `A worker cannot read the run "${workflowId}", which is safe and waits for one that can`;
  return new AgentError(
    'UNREADABLE',
    `${what}: ${reason}. Give it the key (or the payload codec) that this was written with.`,
    { workflowId },
    options,
  );
}

/** A query that was not answered. */
export async function toQueryError(error: unknown, client: Client, workflowId: string): Promise<unknown> {
  // Temporal's client gives gRPC's own error, or wraps it.
  const found = [error, causeOf(error)].find(isGrpcServiceError);
  if (found !== undefined && (found.code === DEADLINE_EXCEEDED || found.code === FAILED_PRECONDITION)) {
    const message = `No worker answered for the run "${workflowId}": start one on its task queue and ask again.`;
    return new AgentError('NO_WORKER', message, { workflowId }, { cause: error });
  }
  return await toClientError(error, client, workflowId);
}

/** A refused or unanswered `respond`. */
export async function toAnswerError(
  error: unknown,
  client: Client,
  workflowId: string,
  answerId: string,
): Promise<unknown> {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isInterrupted(error)) {
    return new AgentError(
      'OUTCOME_UNKNOWN',
      'No worker took the answer in time: it may or may not be taken later. Send it again with the same answerId, or by sendEvent, which is kept while no worker runs.',
      { answerId },
      { cause: error },
    );
  }
  if (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === 'ANSWER_REFUSED'
  ) {
    const { reason, open } = (error.cause.details?.[0] ?? {}) as { reason: RefusalReason; open: readonly string[] };
    return new AgentError('ANSWER_REFUSED', error.cause.message, { reason, open }, { cause: error });
  }
  return await toClientError(error, client, workflowId);
}

/** A run that ended without a result. */
export async function toResultError(error: unknown, client: Client, workflowId: string): Promise<unknown> {
  if (error instanceof WorkflowNotFoundError) return notFound(error, client, workflowId);
  if (!(error instanceof WorkflowFailedError)) return await toClientError(error, client, workflowId);
  const { cause } = error;
  const options = { cause };
  if (cause instanceof CancelledFailure) {
    return new AgentError('RUN_CANCELLED', `The run "${workflowId}" was cancelled.`, { workflowId }, options);
  }
  if (cause instanceof TerminatedFailure) {
    return new AgentError(
      'RUN_TERMINATED',
      `The run "${workflowId}" was terminated: ${errorText(cause)}`,
      { workflowId },
      options,
    );
  }
  if (cause instanceof TimeoutFailure) {
    return new AgentError(
      'RUN_TIMED_OUT',
      `The run "${workflowId}" took longer than it was given.`,
      { workflowId },
      options,
    );
  }
  const code = cause instanceof ApplicationFailure ? cause.type : undefined;
  if (code === 'RUN_TIMED_OUT') return new AgentError('RUN_TIMED_OUT', errorText(cause), { workflowId }, options);
  return new AgentError(
    'RUN_FAILED',
    errorText(cause ?? error),
    { workflowId, ...(code == null ? {} : { cause: code }) },
    options,
  );
}

function notFound(cause: unknown, client: Client, workflowId: string): AgentError {
  return new AgentError(
    'RUN_NOT_FOUND',
    `There is no run "${workflowId}" in namespace "${client.options.namespace}", or Temporal no longer keeps it.`,
    { workflowId },
    { cause },
  );
}

/** The workflow task that had an update failed, as it does when a run goes on in a new link while something more comes. */
export function isInterrupted(error: unknown): boolean {
  return [error, causeOf(error)].filter(isGrpcServiceError).some(({ code }) => code === FAILED_PRECONDITION);
}

/**
 * A run that a worker has just taken over is given an update before the news of the task before it, if neither had any
 * effect in the history: it was judged too early, and says so.
 */
export function isJudgedEarly(error: unknown): boolean {
  const cause = causeOf(error);
  if (!(error instanceof WorkflowUpdateFailedError && cause instanceof ApplicationFailure)) return false;
  return (cause.details?.[0] as { again?: unknown } | undefined)?.again === true;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

async function exists(client: Client, workflowId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).describe();
    return true;
  } catch {
    return false;
  }
}
