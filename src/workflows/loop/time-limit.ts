/**
 * Time limit: how long a run, or an agent that a tool runs, may take.
 *
 * Waiting for people counts. Without a limit there is no timer.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { CancellationScope, isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import { AgentError } from '../../protocol';
import { readDuration } from '../context/duration';
import { isRunCancelled } from '../link/failure';

export interface TimeLimit {
  /** Absent when it comes from a definition that has none any more. */
  readonly timeout?: Duration;
  /** ISO 8601, UTC. */
  readonly deadline: string;
  /** What is limited, for the error: `The run`. */
  readonly what: string;
}

/**
 * The limit of what begins now.
 *
 * @throws AgentError `INVALID_DURATION`.
 */
export function timeLimit(what: string, timeout: Duration | undefined): TimeLimit | undefined {
  if (timeout === undefined) return undefined;
  const ms = readDuration(timeout, `The timeout of ${what.charAt(0).toLowerCase()}${what.slice(1)}`);
  return { timeout, what, deadline: new Date(Date.now() + ms).toISOString() };
}

/**
 * The limit of what began elsewhere: the deadline that it had then, or none, whatever its definition says now.
 *
 * @param timeout What the definition says now, for the error.
 */
export function resumedLimit(what: string, timeout: Duration | undefined, deadline?: string): TimeLimit | undefined {
  const limit = { what, ...(timeout === undefined ? {} : { timeout }) };
  // Earlier releases took both from the definition, and their runs go on so.
  if ((deadline === undefined) !== (timeout === undefined) && !patched('countersign-resumed-limit')) {
    return timeout === undefined ? undefined : timeLimit(what, timeout);
  }
  return deadline === undefined ? undefined : { ...limit, deadline };
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
  const than = timeout === undefined ? 'the timeout that it began with' : `its timeout of ${timeout}`;
  return new AgentError('RUN_TIMED_OUT', `${what} took longer than ${than}.`, { workflowId });
}
