/**
 * Read ahead: what a query fails with that reached a worker before the workflow task did whose news it would show.
 *
 * Only its message crosses Temporal, so the message is the contract.
 *
 * @module
 */
import { errorText } from './errors';

export const READ_AHEAD =
  'The run has news that no workflow task has brought yet, and a query does not run ahead of it. Nothing is lost: ask again.';

export function isReadAhead(error: unknown): boolean {
  return errorText(error).includes(READ_AHEAD);
}
