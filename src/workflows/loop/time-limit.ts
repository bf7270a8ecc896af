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
import { isRunCancelled } from '../link/failure';

export interface TimeLimit {
  readonly timeout: Duration;
  /** ISO 8601, UTC. */
  readonly deadline: string;
  /** What is limited, for the error: `The run`. */
  readonly what: string;
}

/** @param deadline Set when it began elsewhere. @throws AgentError `INVALID_DURATION`. */
export function timeLimit(what: string, timeout: Duration | undefined, deadline?: string): TimeLimit | undefined {
  if (timeout === undefined) return undefined;
  const ms = readDuration(timeout, `The timeout of ${what.charAt(0).toLowerCase()}${what.slice(1)}`);
  return { timeout, what, deadline: deadline ?? new Date(Date.now() + ms).toISOString() };
}

/** @throws AgentError `RUN_TIMED_OUT` when the time is over; everything open is cancelled. */
export async function within<T>(limit: TimeLimit | undefined, work: () => Promise<T>): Promise<T> {
  if (limit === undefined) return await work();
  const ms = Date.parse(limit.deadline) - Date.now();
  if (ms <= 0) throw timedOut(limit); // A server's timers fire late.
  try {
    return await CancellationScope.withTimeout(ms, work);
  } catch (error) {
    throw isRunCancelled() || !isCancellation(error) ? error : timedOut(limit);
  }
}

function timedOut({ what, timeout }: TimeLimit): AgentError {
  const { workflowId } = workflowInfo();
  return new AgentError('RUN_TIMED_OUT', `${what} took longer than its timeout of ${timeout}.`, { workflowId });
}
