/**
 * Ask worker: a query that is asked again when no worker answers it, as one that was just killed cannot.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError } from '@temporalio/client';
import type { AgentClient } from 'countersign/client';

/** A worker that is there answers at once. */
const ANSWER_WITHIN_MS = 10_000;
const ATTEMPTS = 5;
const BETWEEN_MS = 200;

/** @throws Error of the last attempt, or of the first for which another attempt would be no use. */
export async function askWorker<T>(client: AgentClient, query: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.temporal.withDeadline(Date.now() + ANSWER_WITHIN_MS, query);
    } catch (error) {
      if (attempt === ATTEMPTS || !isUnanswered(error)) throw error;
      await delay(BETWEEN_MS);
    }
  }
}

/** Cancelled, deadline exceeded, failed precondition (nobody polls), unavailable: gRPC's numbers. */
function isUnanswered(error: unknown): boolean {
  for (
    let inner = error;
    typeof inner === 'object' && inner !== null;
    inner = 'cause' in inner ? inner.cause : undefined
  ) {
    if (isGrpcServiceError(inner) && [1, 4, 9, 14].includes(inner.code)) return true;
  }
  return false;
}
