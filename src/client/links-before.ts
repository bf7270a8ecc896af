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
import { isNotReady } from './patience';

/** Where a link begins. */
export interface Begun {
  /** The lowest `seq` that it can show. None: it shows nothing, because it has ended before it did anything. */
  readonly oldest?: number;
  /** Run id of the link before. */
  readonly previous?: string;
}

/** @param after The last `seq` that was seen. @returns Run ids, in order of the run; all of them can be read now. Nothing of worth when `signal` aborted. */
export async function linksBefore(
  client: Client,
  workflowId: string,
  link: Begun,
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
      if (!(error instanceof WorkflowNotFoundError || isNotReady(error))) throw error;
    }
    // An attempt of a link that failed has the same part of the stream as the one that took its place.
    if (page === undefined || page.oldest >= oldest) break;
    found.unshift(previous);
    ({ oldest, previous } = page);
  }
  return found;
}
