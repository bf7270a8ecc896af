/**
 * Ending: writes the last event of a hand-written workflow with `openContext`, once its function has returned or
 * thrown. An agent's run writes its own.
 *
 * An AgentError that leaves any workflow fails it, because a retry would throw it again.
 *
 * @module
 */
import {
  ApplicationFailure,
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
  workflowInfo,
  type WorkflowInboundCallsInterceptor,
} from '@temporalio/workflow';
import {
  type AnyEvent,
  errorText,
  isAgentError,
  StopEvent,
  WorkflowCancelledEvent,
  WorkflowFailedEvent,
} from '../protocol';
import { isRunCancelled, toFailure } from './link/failure';
import { currentRun } from './run/current-run';

export const ending: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      const result = await next(input);
      endCurrentRun('completed', StopEvent({}));
      return result;
    } catch (error) {
      if (isAgentError(error)) {
        endCurrentRun('failed', WorkflowFailedEvent({ message: errorText(error), code: error.code }));
        throw toFailure(error);
      }
      if (error instanceof ContinueAsNew) {
        currentRun()?.dropReapplied();
        throw error;
      }
      if (isRunCancelled() && isCancellation(error)) {
        endCurrentRun('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
      } else if (error instanceof TemporalFailure && !isTriedAgain(error)) {
        endCurrentRun('failed', WorkflowFailedEvent({ message: errorText(error) }));
      }
      throw error;
    }
  },
};

/**
 * A retry is another run of the chain, so the stream goes on. If the server decides otherwise, the client adds the end.
 */
function isTriedAgain(error: TemporalFailure): boolean {
  const { retryPolicy, attempt } = workflowInfo();
  if (retryPolicy === undefined || isCancellation(error)) return false;
  const { maximumAttempts, nonRetryableErrorTypes = [] } = retryPolicy;
  if (maximumAttempts && attempt >= maximumAttempts) return false; // 0: no limit.
  if (!(error instanceof ApplicationFailure)) return true;
  return error.nonRetryable !== true && !nonRetryableErrorTypes.includes(error.type ?? '');
}

function endCurrentRun(state: 'completed' | 'failed' | 'cancelled', event: AnyEvent): void {
  const run = currentRun();
  if (run !== undefined && !run.hasEnded) run.end(state, event);
}
