/**
 * Send update: one that may be sent again, because Temporal and the run know it by its id.
 *
 * Its time begins with its turn among the updates of the run.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { isInterrupted, isJudgedEarly, isRefusedByServer, isUnanswered } from './client-error';
import { retryWhile } from '../server/patience';
import { queueUpdate } from './update-queue';

/** How long it waits for a worker. Unit: milliseconds. */
const WITHIN_MS = 10_000;

/** How often it is sent again to a run that was reset, or has moved, while it was on its way. */
const GONE_TRIES = 2;

/** Sends again while what served it was interrupted, is gone, or judged it too early. */
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
