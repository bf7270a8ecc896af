/**
 * History bell: rings when a run may have come to rest, without polling.
 *
 * A long poll on the run's history, as any program can do it.
 *
 * @module
 */
import type { Client } from '@temporalio/client';

/** Rings for each batch of new history. Ends with the run, or quietly when `signal` aborts. */
export async function ringWithHistory(
  client: Client,
  workflowId: string,
  ring: () => void,
  signal: AbortSignal,
): Promise<void> {
  let nextPageToken: Uint8Array | undefined;
  do {
    try {
      // Temporal's client leaves its listener on the signal, so each request gets one of its own.
      const page = await client.withAbortSignal(AbortSignal.any([signal]), () =>
        client.workflowService.getWorkflowExecutionHistory({
          namespace: client.options.namespace,
          execution: { workflowId },
          waitNewEvent: true,
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        }),
      );
      nextPageToken = page.nextPageToken ?? undefined;
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    ring();
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
}
