/**
 * Links after: where a run continues when one of its executions has ended.
 *
 * In the next link of its chain, named by the last history event; or, after a reset, in an execution that replaced this
 * link or an earlier one. All share one first run id.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { describe } from '../server/describe';
import { namedBefore } from './links-before';
import type { Link } from './pages';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Temporal's filter for the closing event only. */
const CLOSE_EVENT = 2;

/** @param last The last history event of a link that has ended. @returns Run id of the next link. */
export function nextLink(last: HistoryEvent | undefined): string | undefined {
  // A retry by policy and a cron's next firing continue in another link too.
  const ends = [
    last?.workflowExecutionContinuedAsNewEventAttributes,
    last?.workflowExecutionFailedEventAttributes,
    last?.workflowExecutionTimedOutEventAttributes,
  ];
  return ends.find((end) => end?.newExecutionRunId)?.newExecutionRunId ?? undefined;
}

/**
 * The first execution that a reset put in place of a link that ended and names no next one.
 *
 * @returns Its run id. `undefined` when the run was not reset.
 */
export async function resetOf(client: Client, { workflowId, runId }: Link): Promise<string | undefined> {
  const [ended, latest] = await Promise.all([describe(client, workflowId, runId), describe(client, workflowId)]);
  if (ended === undefined || latest?.firstRunId !== ended.firstRunId) return ended?.resetRunId;
  if (latest.runId === runId || latest.startedAt <= ended.startedAt) return undefined;
  // A reset of an earlier link is not named by this one. Its replacement is never older.
  let first = latest.runId;
  for (;;) {
    const before = await namedBefore(client, { workflowId, runId: first });
    const previous = before === undefined ? undefined : await describe(client, workflowId, before);
    if (previous === undefined || previous.startedAt <= ended.startedAt) return first;
    first = previous.runId;
  }
}

/** The last execution of a run whose workflow id now belongs to another. @throws WorkflowNotFoundError */
export async function lastLink(client: Client, workflowId: string, firstRunId: string): Promise<string> {
  for (let runId = firstRunId; ; ) {
    const described = await describe(client, workflowId, runId);
    if (described === undefined) throw new WorkflowNotFoundError('The run is no longer kept', workflowId, runId);
    const next = described.resetRunId ?? nextLink(await closeEvent(client, { workflowId, runId }));
    if (next === undefined) return runId;
    runId = next;
  }
}

async function closeEvent(client: Client, execution: Link): Promise<HistoryEvent | undefined> {
  const { namespace } = client.options;
  const filter = { historyEventFilterType: CLOSE_EVENT };
  const { history } = await client.workflowService.getWorkflowExecutionHistory({ namespace, execution, ...filter });
  return history?.events?.at(-1);
}
