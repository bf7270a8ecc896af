/**
 * Shared readers: one reader per link and Temporal client, for all watchers.
 *
 * It stops with its last watcher, whatever it was doing.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import { LinkReader } from './link-reader';
import type { Link } from './pages';

interface Shared {
  readonly reader: LinkReader;
  readonly stop: AbortController;
  watchers: number;
}

/** Entries go with clients that nobody holds any more. */
const shared = new WeakMap<Client, Map<string, Shared>>();

/** How many earlier events are read for a first watcher, so that an open model call is among them. */
const LOOK_BACK = 100;

/** @param after The last `seq` that the watcher has seen. @param tokens Whether it wants partial replies. */
export function joinReader(
  client: Client,
  link: Link,
  after: number,
  tokens: boolean,
): { readonly reader: LinkReader; readonly leave: () => void } {
  const readers = shared.get(client) ?? new Map<string, Shared>();
  shared.set(client, readers);
  const key = `${link.runId} ${link.workflowId}`;
  let found = readers.get(key);
  if (found === undefined || found.reader.hasFailed) {
    const stop = new AbortController();
    found = { reader: new LinkReader(client, link, Math.max(-1, after - LOOK_BACK), stop.signal), stop, watchers: 0 };
    readers.set(key, found);
  }
  const joined = found;
  joined.watchers += 1;
  const unwatch = tokens ? joined.reader.watchTexts() : undefined;
  return {
    reader: joined.reader,
    leave: () => {
      unwatch?.();
      joined.watchers -= 1;
      if (joined.watchers > 0) return;
      joined.stop.abort();
      if (readers.get(key) === joined) readers.delete(key);
    },
  };
}
