/**
 * Reaching out: notes when a tool body acts outside its workflow without using its context.
 *
 * Such an effect is in Temporal's history but not in the call's journal, so a re-entered body would repeat it. An open
 * call that did this stays in its link (`session/taken.ts`, `session/move.ts`).
 *
 * @module
 */
import type { WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';
import { currentBody } from '../context/body';

export const noticingReach: WorkflowOutboundCallsInterceptor = {
  scheduleActivity: (input, next) => noted('an activity', next(input)),
  scheduleLocalActivity: (input, next) => noted('a local activity', next(input)),
  startChildWorkflowExecution: (input, next) => noted('a child workflow', next(input)),
  signalWorkflow: (input, next) => noted('a signal to another workflow', next(input)),
  startNexusOperation: (input, next) => noted('a Nexus operation', next(input)),
  startTimer(input, next) {
    const body = currentBody();
    if (body !== undefined) body.hasOwnTimer = true;
    return next(input);
  },
};

function noted<T>(what: string, begun: T): T {
  const body = currentBody();
  if (body !== undefined) body.reachedOut ??= `begun ${what} with Temporal's own functions`;
  return begun;
}
