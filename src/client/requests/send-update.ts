/**
 * Send update: sends an update that is safe to repeat, because Temporal and the run know it by its id.
 *
 * Its time starts when its turn comes among the run's updates.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { isInterrupted, isJudgedEarly, isRefusedByServer, isUnanswered } from './client-error';
import { retryWhile } from '../server/patience';
import { queueUpdate } from './update-queue';

/** How long it waits for a worker. Unit: milliseconds. */
const WITHIN_MS = 10_000;

/** How often it is repeated when the run was reset or moved meanwhile. */
const GONE_TRIES = 2;

/** Repeats while its task was interrupted, its execution is gone, or it was judged too early. */
export async function sendUpdate<T>(client: Client, workflowId: string, send: () => Promise<T>): Promise<T> {
  const sendNow = async (): Promise<T> => {
    const deadline = Date.now() + WITHIN_MS;
    let gone = 0;
    const isWorthIt = (error: unknown): boolean => {
      if (Date.now() >= deadline || isRefusedByServer(error)) return false;
      const isGone = error instanceof WorkflowNotFoundError && (gone += 1) <= GONE_TRIES;
      return isGone || isInterrupted(error) || isJudgedEarly(error);
    };
    return await retryWhile(async () => await client.withDeadline(deadline, send), isWorthIt, deadline);
  };
  return await queueUpdate(client, workflowId, sendNow, isUnanswered);
}
