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
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
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
import { isRunCancelled, toFailure } from './failure';
import { openedRun } from './opened';

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
      if (error instanceof ContinueAsNew) throw error;
      if (isRunCancelled() && isCancellation(error)) {
        endOpened('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
      } else if (error instanceof TemporalFailure) {
        endOpened('failed', WorkflowFailedEvent({ message: errorText(error) }));
      }
      throw error;
    }
  },
};

function endOpened(state: 'completed' | 'failed' | 'cancelled', event: AnyEvent): void {
  const run = openedRun();
  if (run !== undefined && !run.hasEnded) run.end(state, event);
}
