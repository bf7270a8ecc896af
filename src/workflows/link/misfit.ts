/**
 * Misfit: what happens to a run that this worker's code does not fit.
 *
 * What a run handed to itself is right: its workflow task fails until a worker with the right code is deployed. A
 * context that somebody sent can be sent again: the run fails at once.
 *
 * @module
 */
import { DeterminismViolationError } from '@temporalio/workflow';
import { AgentError } from '../../protocol';

/** @param isOwn The run handed it to itself. */
export function misfit(problem: string, isOwn: boolean): Error {
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
