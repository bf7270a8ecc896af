/**
 * Links after: where a run goes on when one of its executions has ended.
 *
 * In the next link of its chain, which the execution's last history event names; or, when an operator has reset it, in an
 * execution that took the place of this link or of one before it. All of them have one first run id.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { describe } from '../server/describe';
import { namedBefore } from './links-before';
import type { Link } from './pages';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Temporal's number of the filter that lets only the event through with which an execution has ended. */
const CLOSE_EVENT = 2;

/** @param last The last history event of a link that has ended. @returns Run id of the next link. */
export function nextLink(last: HistoryEvent | undefined): string | undefined {
  // A run that is tried again by its retry policy, or fires again by its cron, goes on in another link too.
  const ends = [
    last?.workflowExecutionContinuedAsNewEventAttributes,
    last?.workflowExecutionFailedEventAttributes,
    last?.workflowExecutionTimedOutEventAttributes,
  ];
  return ends.find((end) => end?.newExecutionRunId)?.newExecutionRunId ?? undefined;
}

/**
 * The first execution that a reset put in the place of a link, one that has ended and names no next one.
 *
 * @returns Its run id. `undefined` when the run was not reset.
 */
export async function resetOf(client: Client, { workflowId, runId }: Link): Promise<string | undefined> {
  const [ended, latest] = await Promise.all([describe(client, workflowId, runId), describe(client, workflowId)]);
  if (ended === undefined || latest?.firstRunId !== ended.firstRunId) return ended?.resetRunId;
  if (latest.runId === runId || latest.startedAt <= ended.startedAt) return undefined;
  // Where an earlier link was reset, this one does not say so. Nothing that is there in its place is older than it.
  let first = latest.runId;
  for (;;) {
    const before = await namedBefore(client, { workflowId, runId: first });
    const previous = before === undefined ? undefined : await describe(client, workflowId, before);
    if (previous === undefined || previous.startedAt <= ended.startedAt) return first;
    first = previous.runId;
  }
}

/** The last execution of a run whose workflow id is another run's by now. @throws WorkflowNotFoundError */
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
