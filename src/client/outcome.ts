/**
 * Outcome: what a run gives, whichever execution of it gives it.
 *
 * A run is the executions that have one first run id: its continue-as-new links, and those that took their place when it was
 * reset. The latest of a workflow id is asked for when it belongs to the run, because Temporal need not keep those before.
 *
 * @module
 */
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { describe } from './server/describe';
import { lastLink } from './stream/links-after';

/** @param firstRunId Names the run. Default: the latest of the workflow id. @throws What Temporal's client throws. */
export async function outcomeOf(client: Client, workflowId: string, firstRunId?: string): Promise<unknown> {
  let run = firstRunId;
  let failed: { readonly error: WorkflowFailedError; readonly runId: string } | undefined;
  for (;;) {
    const latest = await describe(client, workflowId);
    run ??= latest?.firstRunId;
    if (run === undefined) throw new WorkflowNotFoundError('There is no such run', workflowId, undefined);
    const runId = latest?.firstRunId === run ? latest.runId : await lastLink(client, workflowId, run);
    // It has ended so, and was not reset since.
    if (failed?.runId === runId) throw failed.error;
    try {
      return await client.workflow.getHandle(workflowId, runId).result();
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      failed = { error, runId };
    }
  }
}
