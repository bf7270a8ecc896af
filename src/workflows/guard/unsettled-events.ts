/**
 * Unsettled events: marks the events of the stream that were made in a workflow task which may still be lost.
 *
 * A workflow cannot see whether the server has its last task or only a query was answered. A replay holds only tasks
 * that the server has.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { currentRun } from '../run/current-run';

export function markingUnsettledEvents(): WorkflowInternalsInterceptor {
  let task = 0;
  let from: number | undefined;
  return {
    activate(input, next) {
      const { historyLength, isReplaying, jobs } = input.activation;
      if ((jobs ?? []).every(({ queryWorkflow }) => queryWorkflow != null)) return next(input);
      const began = historyLength ?? 0;
      if (began !== task) from = currentRun()?.log.length;
      task = began;
      next(input);
      currentRun()?.log.setTask(isReplaying === true ? undefined : task, from);
    },
  };
}
