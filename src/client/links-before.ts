/**
 * Links before: the earlier links of a run that hold what a watcher has not seen.
 *
 * Each link names the one before it. The way back ends at the one that holds the watcher's next event, or
 * where Temporal no longer keeps any.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { EventsPage } from '../protocol';
import { readPage } from './pages';

/** @param after The last `seq` that was seen. @returns Run ids, in order of the run; all of them can be read now. Nothing of worth when `signal` aborted. */
export async function linksBefore(
  client: Client,
  workflowId: string,
  link: Pick<EventsPage, 'oldest' | 'previous'>,
  after: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found: string[] = [];
  let { oldest, previous } = link;
  while (previous !== undefined && oldest > after + 1) {
    let page: EventsPage | undefined;
    try {
      page = await readPage(client, { workflowId, runId: previous }, { after, limit: 1 }, signal);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    // An attempt of a link that failed has the same part of the stream as the one that took its place.
    if (page === undefined || page.oldest >= oldest) break;
    found.unshift(previous);
    ({ oldest, previous } = page);
  }
  return found;
}
