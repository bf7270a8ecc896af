/**
 * Client error: turns what Temporal's client throws into an AgentError that says what to do.
 *
 * @module
 */
import {
  type Client,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { AgentError, errorText, isAgentError, type RefusalReason, unreadableReason } from '../../protocol';
import { adviceFor, causeOf, GRPC, grpcErrorOf } from '../../connection';
import { isNotOfReplay } from '../server/patience';
import { type RunState, runState } from '../server/run-state';

/** For a request that needs no worker. */
export async function toClientError(error: unknown, client: Client, workflowId: string): Promise<unknown> {
  if (isAgentError(error)) return error;
  if (error instanceof WorkflowNotFoundError || grpcErrorOf(error)?.code === GRPC.notFound) {
    const state = await stateOf(client, workflowId);
    if (state.kind === 'unknown') return state.error;
    if (state.kind === 'none') return notFound(error, client, workflowId);
    return error instanceof WorkflowNotFoundError ? ended(workflowId, error) : error;
  }
  const serverError = toServerError(error, workflowId);
  if (serverError !== undefined) return serverError;
  const text = errorText(error);
  const reason = unreadableReason(text);
  if (reason === undefined) return error;
  // Thrown by our converter, or by a worker's.
  if (!text.includes('Unknown encoding')) return unreadableForWorker(workflowId, reason, error);
  return new AgentError(
    'UNREADABLE',
    `What came from the run "${workflowId}" cannot be read here: ${reason}. ${GIVE_KEY}`,
    { workflowId },
    { cause: error },
  );
}

/** For a query that was not answered. */
export async function toQueryError(error: unknown, client: Client, workflowId: string): Promise<unknown> {
  const code = grpcErrorOf(error)?.code;
  const isUnanswered = code === GRPC.deadlineExceeded || code === GRPC.failedPrecondition;
  const isFailed = error instanceof QueryNotRegisteredError;
  const isRejected = error instanceof QueryRejectedError;
  if (!isUnanswered && !isFailed && !isRejected) return await toClientError(error, client, workflowId);
  const state = await stateOf(client, workflowId);
  if (state.kind === 'unknown') return state.error;
  const known = cannotAnswer(state, workflowId, error);
  if (known !== undefined) return known;
  if (state.kind === 'none') return notFound(error, client, workflowId);
  // A parked run's history may not fit the worker that was asked.
  if (isFailed && !isNotOfReplay(errorText(error))) {
    return stuck(workflowId, { failure: errorText(error), taskQueue: '' }, error);
  }
  if (!isUnanswered) return await toClientError(error, client, workflowId);
  if (state.kind === 'ended' && code === GRPC.failedPrecondition) {
    const message = `The run "${workflowId}" has ended before a worker could do any of it: nobody can be asked about it.`;
    return new AgentError('RUN_ENDED', message, { workflowId }, { cause: error });
  }
  const where = state.kind === 'going' ? ` "${state.taskQueue}"` : '';
  const message = `No worker answered for the run "${workflowId}": start one on its task queue${where} and ask again.`;
  return new AgentError('NO_WORKER', message, { workflowId }, { cause: error });
}

/** For a refused or unanswered `respond`. */
export async function toAnswerError(
  error: unknown,
  client: Client,
  workflowId: string,
  answerId: string,
): Promise<unknown> {
  if (isUnanswered(error)) {
    const state = await stateOf(client, workflowId);
    const known = cannotAnswer(state, workflowId, error, answerId);
    if (known !== undefined) return known;
    if (isRefusedByServer(error)) return limitError(wordsOf(grpcErrorOf(error)), workflowId, error);
    if (state.kind === 'ended') {
      const message = `The run "${workflowId}" has ended meanwhile: it may or may not have taken this answer before, which its events say. Nothing can be sent to it any more.`;
      return new AgentError('OUTCOME_UNKNOWN', message, { answerId }, { cause: error });
    }
    const why = state.kind === 'unknown' ? errorText(state.error) : 'No worker took the answer in time';
    return new AgentError(
      'OUTCOME_UNKNOWN',
      `${why.replace(/\.$/, '')}: it may or may not be taken later. Send it again with the same answerId, or by sendEvent, which is kept while no worker runs.`,
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
  const { cause } = error as { readonly cause?: unknown };
  if (
    error instanceof WorkflowUpdateFailedError &&
    cause instanceof ApplicationFailure &&
    cause.type === 'LIMIT_EXCEEDED'
  )
    return new AgentError('LIMIT_EXCEEDED', cause.message, { limit: 'linkUpdates' }, { cause: error });
  return await toClientError(error, client, workflowId);
}

/** For a run that ended without a result. */
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

/** Why the run itself answers nothing now, whatever is asked. */
export function cannotAnswer(
  state: KnownState,
  workflowId: string,
  cause?: unknown,
  answerId?: string,
): AgentError | undefined {
  if (state.kind === 'stuck') return stuck(workflowId, state, cause, answerId);
  if (state.kind !== 'paused') return undefined;
  const answer =
    answerId === undefined ? '' : ' The answer was not taken: send it again then, or now by sendEvent, which is kept.';
  const message = `The run "${workflowId}" is paused and answers nothing: unpause it (temporal workflow unpause --workflow-id ${workflowId}).${answer}`;
  return new AgentError('RUN_PAUSED', message, { workflowId }, { cause });
}

function stuck(
  workflowId: string,
  { failure, taskQueue }: { readonly failure: string; readonly taskQueue: string },
  cause: unknown,
  answerId?: string,
): AgentError {
  const reason = unreadableReason(failure);
  if (reason !== undefined) return unreadableForWorker(workflowId, reason, cause);
  const where = taskQueue === '' ? 'A worker' : `A worker of the task queue "${taskQueue}"`;
  const answer =
    answerId === undefined
      ? ''
      : ' The answer may or may not be taken then: send it again with the same answerId, or by sendEvent, which is kept.';
  return new AgentError(
    'RUN_STUCK',
    `${where} cannot go on with the run "${workflowId}": ${failure.replace(/\.$/, '')}. Nothing is lost: mend that worker, or deploy the one that fits, and the run goes on.${answer}`,
    { workflowId, failure, ...(answerId === undefined ? {} : { answerId }) },
    { cause },
  );
}

/** Whether the outcome of a sent update is unknown. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isInterrupted(error);
}

/** Whether the update's workflow task failed, as happens when a run continues as new while more messages come. */
export function isInterrupted(error: unknown): boolean {
  return grpcErrorOf(error)?.code === GRPC.failedPrecondition;
}

/**
 * Whether the server refused an update: the run is paused, or has had as many as it may. Sending again would not help.
 */
export function isRefusedByServer(error: unknown): boolean {
  return isInterrupted(error) && /\b(paused|limit)\b/i.test(wordsOf(grpcErrorOf(error)));
}

/**
 * Whether an update was judged too early: a worker that takes over a run may deliver it before the jobs of the previous
 * task. The run says so.
 */
export function isJudgedEarly(error: unknown): boolean {
  const cause = causeOf(error);
  if (!(error instanceof WorkflowUpdateFailedError && cause instanceof ApplicationFailure)) return false;
  return (cause.details?.[0] as { again?: unknown } | undefined)?.again === true;
}

function wordsOf(error: { readonly details?: string; readonly message: string } | undefined): string {
  return (error?.details || error?.message || '').replace(/\.$/, '');
}

type KnownState = RunState | { readonly kind: 'unknown'; readonly error: unknown };

async function stateOf(client: Client, workflowId: string): Promise<KnownState> {
  try {
    return await runState(client, workflowId);
  } catch (error) {
    return { kind: 'unknown', error: toServerError(error, workflowId) ?? error };
  }
}

/** The server, or the way to it, failed. */
function toServerError(error: unknown, workflowId: string): AgentError | undefined {
  const grpc = grpcErrorOf(error);
  const options = { cause: error };
  if (grpc?.code === GRPC.unavailable || grpc?.code === GRPC.deadlineExceeded) {
    const said = errorText(grpc);
    const message = `The Temporal server does not answer: ${said}${adviceFor(said)}`;
    return new AgentError('TEMPORAL_UNREACHABLE', message, {}, options);
  }
  if (grpc?.code !== GRPC.resourceExhausted) return undefined;
  return limitError(wordsOf(grpc), workflowId, error);
}

function limitError(limit: string, workflowId: string, cause: unknown): AgentError {
  const message = `Temporal did not take this for the run "${workflowId}": ${limit}. Nothing has changed: send it again later, an answer by sendEvent, or raise the limit.`;
  return new AgentError('LIMIT_EXCEEDED', message, { limit }, { cause });
}

function ended(workflowId: string, cause: unknown): AgentError {
  const message = `The run "${workflowId}" has ended and takes nothing more.`;
  return new AgentError('RUN_ENDED', message, { workflowId }, { cause });
}

const GIVE_KEY = 'Give it the key (or the payload codec) that this was written with.';

function unreadableForWorker(workflowId: string, reason: string, cause: unknown): AgentError {
  return new AgentError(
    'UNREADABLE',
    `A worker cannot read the run "${workflowId}", which is safe and waits for one that can: ${reason}. ${GIVE_KEY}`,
    { workflowId },
    { cause },
  );
}
