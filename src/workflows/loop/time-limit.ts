/**
 * Time limit: how long a run, or an agent that a tool runs, may take.
 *
 * Waiting for people counts. Without a limit there is no timer.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import { AgentError } from '../../protocol';
import { readDuration } from '../context/duration';
import { isRunCancelled } from '../failure';

/**
 * @param what Who takes so long, as the error says it: `The run`.
 * @throws AgentError `RUN_TIMED_OUT` when the time is over; all that it had open is cancelled.
 */
export async function within<T>(timeout: Duration | undefined, what: string, work: () => Promise<T>): Promise<T> {
  if (timeout === undefined) return await work();
  const ms = readDuration(timeout, `The timeout of ${what.charAt(0).toLowerCase()}${what.slice(1)}`);
  try {
    return await CancellationScope.withTimeout(ms, work);
  } catch (error) {
    if (isRunCancelled() || !isCancellation(error)) throw error;
    const { workflowId } = workflowInfo();
    throw new AgentError('RUN_TIMED_OUT', `${what} took longer than its timeout of ${timeout}.`, { workflowId });
  }
}
