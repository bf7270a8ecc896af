/**
 * Task failure: why a run's workflow task fails, in its worker's words.
 *
 * Temporal writes only the first failure of a task to history, so the words are those of the first attempt.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { errorText } from '../../protocol';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type Failure = temporal.api.failure.v1.IFailure;

/** Causes that are Temporal's own, where no worker failed: a reset of the run or of a sticky queue, or a pause. */
const NO_FAILURES = new Set<unknown>([13, 20, 39]);

/** Why the pending task has failed. `undefined` when no worker has said. */
export async function taskFailure(client: Client, workflowId: string, runId?: string): Promise<string | undefined> {
  const { namespace } = client.options;
  const execution = runId === undefined ? { workflowId } : { workflowId, runId };
  let nextPageToken: Uint8Array | undefined;
  do {
    // Messages sent since then follow the failure.
    const page = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      if (event.workflowTaskCompletedEventAttributes != null) return undefined;
      const failure = failureIn(event);
      if (failure !== undefined) return await failureText(client, failure);
    }
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  return undefined;
}

/** The failure that a worker reported in this history event. */
export function failureIn({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): Failure | undefined {
  if (failed?.failure?.message == null || NO_FAILURES.has(failed.cause)) return undefined;
  return failed.failure;
}

/** A failure's message, decrypted where this client has the key. */
export async function failureText(client: Client, failure: Failure): Promise<string> {
  try {
    return errorText(await decodeOptionalFailureToOptionalError(client.options.loadedDataConverter, failure));
  } catch (error) {
    return errorText(error);
  }
}
