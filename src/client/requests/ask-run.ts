/**
 * Ask run: queries a run, and gives up early when the run is stuck.
 *
 * Temporal holds the query of a stuck run for as long as the request lasts.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { abortable } from '../server/abortable';
import { cannotAnswer } from './client-error';
import { retryWhile, isNotOfReplay, isStaleCopy, pause } from '../server/patience';
import { runState } from '../server/run-state';

/** A healthy worker has answered by then. Unit: milliseconds. */
const LOOK_AFTER_MS = 5000;

/** @throws What Temporal's client throws, or an AgentError `RUN_STUCK`, `RUN_PAUSED` or `UNREADABLE`. */
export async function askRun<Answer>(client: Client, workflowId: string, ask: () => Promise<Answer>): Promise<Answer> {
  const done = new AbortController();
  const answer = abortable(client, done.signal, async () => await retryWhile(ask, isStaleCopy(isNotOfReplay)));
  try {
    return await Promise.race([answer, stuckError(client, workflowId, done.signal)]);
  } finally {
    done.abort();
  }
}

/** Rejects when the run is stuck or paused. Never resolves. */
async function stuckError(client: Client, workflowId: string, signal: AbortSignal): Promise<never> {
  await pause(LOOK_AFTER_MS, signal);
  const state = signal.aborted ? undefined : await runState(client, workflowId).catch(() => undefined);
  const error = state && cannotAnswer(state, workflowId);
  if (error !== undefined) throw error;
  return await new Promise<never>(() => undefined);
}
