/**
 * Ending: how a workflow that was written by hand ends in the eyes of whoever follows it.
 *
 * An agent's run writes its own last event. For one with `openContext` it is written here, when its
 * function has returned or has failed; and an AgentError that leaves any workflow fails it, because it would
 * be the same at every retry.
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
import { openedRun } from './run/opened';

export const ending: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      const result = await next(input);
      endOpened('completed', StopEvent({}));
      return result;
    } catch (error) {
      if (isAgentError(error)) {
        endOpened('failed', WorkflowFailedEvent({ message: errorText(error), code: error.code }));
        throw toFailure(error);
      }
      if (error instanceof ContinueAsNew) {
        openedRun()?.dropAhead();
        throw error;
      }
      if (isRunCancelled() && isCancellation(error)) {
        endOpened('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
      } else if (error instanceof TemporalFailure && !isTriedAgain(error)) {
        endOpened('failed', WorkflowFailedEvent({ message: errorText(error) }));
      }
      throw error;
    }
  },
};

/**
 * By the run's retry policy, as another run of the chain: that is no end to whoever follows it. Where the server thinks
 * otherwise the client adds the end.
 */
function isTriedAgain(error: TemporalFailure): boolean {
  const { retryPolicy, attempt } = workflowInfo();
  if (retryPolicy === undefined || isCancellation(error)) return false;
  const { maximumAttempts, nonRetryableErrorTypes = [] } = retryPolicy;
  if (maximumAttempts && attempt >= maximumAttempts) return false; // 0: no limit.
  if (!(error instanceof ApplicationFailure)) return true;
  return error.nonRetryable !== true && !nonRetryableErrorTypes.includes(error.type ?? '');
}

function endOpened(state: 'completed' | 'failed' | 'cancelled', event: AnyEvent): void {
  const run = openedRun();
  if (run !== undefined && !run.hasEnded) run.end(state, event);
}
