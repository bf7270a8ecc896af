/**
 * Outside effects: notes when a tool body acts outside its workflow without its context.
 *
 * Such an effect is not in the call's journal, so a re-entered body would repeat it. The call stays in its link while
 * it is open.
 *
 * @module
 */
import type { WorkflowOutboundCallsInterceptor } from '@temporalio/workflow';
import { currentBody } from '../context/body';

export const outsideEffectInterceptor: WorkflowOutboundCallsInterceptor = {
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
  if (body !== undefined) body.outsideEffect ??= `begun ${what} with Temporal's own functions`;
  return begun;
}
