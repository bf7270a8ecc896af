/**
 * Code mismatch: this worker's code does not fit what the run has done.
 *
 * If the run handed it to itself, the workflow task fails until the right code is deployed. If somebody sent a context,
 * the run fails at once, since a context can be sent again.
 *
 * @module
 */
import { DeterminismViolationError } from '@temporalio/workflow';
import { AgentError } from '../../protocol';

/** @param isOwn The run handed it to itself. */
export function codeMismatch(problem: string, isOwn: boolean): Error {
  if (isOwn) {
    return new DeterminismViolationError(
      `${problem} Nothing is lost, and nothing of it was done: the run goes on when a worker is deployed that has the code which it began with.`,
    );
  }
  return new AgentError(
    'INVALID_CONTEXT',
    `The run cannot go on from this context: ${problem} Nothing of it was done, and the context is as good as before: use it where the code is that it was taken from.`,
    {},
  );
}
