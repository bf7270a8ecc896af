/**
 * Links before: the earlier links that hold what a watcher has not seen.
 *
 * Each link names the one before. The way back ends at the one with the watcher's next event, or where Temporal has
 * deleted the rest.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { EventsPage } from '../../protocol';
import { type Link, patiently, readPage } from './pages';
import { isNotReady } from '../server/patience';

/** Temporal's number for a link that a cron started. */
const CRON_SCHEDULE = 3;

/** Where a link begins. */
export interface LinkStart {
  /** The lowest `seq` that it can show. Absent: it ended before it did anything. */
  readonly oldest?: number;
  /** Run id of the previous link. */
  readonly previous?: string;
}

/**
 * @param after The last `seq` that was seen. @returns Run ids in order, all readable now. Incomplete when `signal`
 *   aborted.
 */
export async function linksBefore(
  client: Client,
  workflowId: string,
  link: LinkStart,
  after: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let { oldest = Infinity, previous } = link;
  while (previous !== undefined && oldest > after + 1) {
    let page: EventsPage | undefined;
    try {
      page = await readPage(client, { workflowId, runId: previous }, { after, limit: 1 }, signal, () => true);
    } catch (error) {
      if (isNotReady(error)) {
        // It did nothing, or cannot say what.
        const link = { workflowId, runId: previous };
        previous = await patiently(client, signal, () => namedBefore(client, link));
        continue;
      }
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    // A failed attempt of a link covers the same part of the stream as the one that replaced it.
    if (page === undefined || page.oldest >= oldest) break;
    found.unshift(previous);
    ({ oldest, previous } = page);
  }
  return found;
}

/** The previous link, by the first event of a link. */
export function linkBefore(first: temporal.api.history.v1.IHistoryEvent | undefined): string | null | undefined {
  const { initiator, continuedExecutionRunId } = first?.workflowExecutionStartedEventAttributes ?? {};
  // A cron's earlier firings are runs of their own.
  return initiator === CRON_SCHEDULE ? undefined : continuedExecutionRunId;
}

/** The previous link, by the history. */
export async function namedBefore(client: Client, execution: Link): Promise<string | undefined> {
  const { namespace } = client.options;
  const page = await client.workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: 1 });
  return linkBefore(page.history?.events?.[0]) || undefined;
}
