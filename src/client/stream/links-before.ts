/**
 * Links before: the earlier links of a run that hold what a watcher has not seen.
 *
 * Each link names the one before it. The way back ends at the one that holds the watcher's next event, or
 * where Temporal no longer keeps any.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { EventsPage } from '../../protocol';
import { type Link, patiently, readPage } from './pages';
import { isNotReady } from '../server/patience';

/** Temporal's number for a link that goes on from another because it was time. */
const CRON_SCHEDULE = 3;

/** Where a link begins. */
export interface LinkStart {
  /** The lowest `seq` that it can show. None: it shows nothing, because it has ended before it did anything. */
  readonly oldest?: number;
  /** Run id of the link before. */
  readonly previous?: string;
}

/** @param after The last `seq` that was seen. @returns Run ids, in order of the run; all of them can be read now. Nothing of worth when `signal` aborted. */
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
        // It has done nothing, or cannot say what.
        const link = { workflowId, runId: previous };
        previous = await patiently(client, signal, () => namedBefore(client, link));
        continue;
      }
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    // An attempt of a link that failed has the same part of the stream as the one that took its place.
    if (page === undefined || page.oldest >= oldest) break;
    found.unshift(previous);
    ({ oldest, previous } = page);
  }
  return found;
}

/** The link before, as a link's first event names it. */
export function linkBefore(first: temporal.api.history.v1.IHistoryEvent | undefined): string | null | undefined {
  const { initiator, continuedExecutionRunId } = first?.workflowExecutionStartedEventAttributes ?? {};
  // What a cron did before is a run of its own.
  return initiator === CRON_SCHEDULE ? undefined : continuedExecutionRunId;
}

/** The link before, as the history names it. */
export async function namedBefore(client: Client, execution: Link): Promise<string | undefined> {
  const { namespace } = client.options;
  const page = await client.workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: 1 });
  return linkBefore(page.history?.events?.[0]) || undefined;
}
