/**
 * Outcome: what a run ends with, in whichever execution.
 *
 * A run is all executions with one first run id: continue-as-new links and resets. The latest execution of the workflow
 * id is asked if it belongs to the run, because Temporal may have deleted earlier ones.
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
    // It failed, and was not reset since.
    if (failed?.runId === runId) throw failed.error;
    try {
      return await client.workflow.getHandle(workflowId, runId).result();
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      failed = { error, runId };
    }
  }
}
