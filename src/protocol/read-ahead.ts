/**
 * Read ahead: what a worker's copy of a run fails with that a query has led ahead of the run's workflow tasks.
 *
 * Only its message crosses Temporal, so the message is the contract.
 *
 * @module
 */
import { errorText } from './errors';

/** Of a query that reached a worker before the workflow task did whose news it would show. */
export const READ_AHEAD =
  'The run has news that no workflow task has brought yet, and a query does not run ahead of it. Nothing is lost: ask again.';
/** Of what came after a query that had been shown a workflow task which another worker did not complete. */
export const LOST_TASK =
  'A query has shown this worker a workflow task that was lost at another one. Nothing is lost of the run: the task is done again, and a query can be asked again.';

export function isReadAhead(error: unknown): boolean {
  const text = errorText(error);
  return [READ_AHEAD, LOST_TASK].some((message) => text.includes(message));
}
