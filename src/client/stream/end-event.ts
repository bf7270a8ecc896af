/**
 * End event: the last event of a run that could not write one because Temporal terminated or timed it out. It has no
 * `seq`.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { type AnyEvent, WorkflowCancelledEvent, WorkflowFailedEvent, WorkflowTimedOutEvent } from '../../protocol';
import type { Link } from './pages';

export async function endEvent(client: Client, { workflowId, runId }: Link): Promise<AnyEvent> {
  const { status } = await client.workflow.getHandle(workflowId, runId).describe();
  switch (status.name) {
    case 'TERMINATED':
      return WorkflowCancelledEvent({ message: 'The run was terminated.', code: 'RUN_TERMINATED' });
    case 'TIMED_OUT':
      return WorkflowTimedOutEvent({ message: 'The run took longer than it was given.', code: 'RUN_TIMED_OUT' });
    case 'CANCELLED':
      return WorkflowCancelledEvent({ message: 'The run was cancelled.' });
    case 'COMPLETED':
      return { type: 'StopEvent' };
    default:
      return WorkflowFailedEvent({ message: 'The run failed: see its result.', code: 'RUN_FAILED' });
  }
}
