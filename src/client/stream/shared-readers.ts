/**
 * Shared readers: one reader for all who watch a link of a run through one Temporal client.
 *
 * A reader lives while somebody watches: with the last one it stops, whatever it was asking.
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

/** Clients that nobody holds any more take theirs with them. */
const shared = new WeakMap<Client, Map<string, Shared>>();

/**
 * So many events before the one that a first watcher has seen are read as well: the model call that it is in the middle
 * of is among them.
 */
const LOOK_BACK = 100;

/** @param after The last `seq` that the watcher has seen. @param tokens Whether it wants what models say. */
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
  const unlisten = tokens ? joined.reader.listen() : undefined;
  return {
    reader: joined.reader,
    leave: () => {
      unlisten?.();
      joined.watchers -= 1;
      if (joined.watchers > 0) return;
      joined.stop.abort();
      if (readers.get(key) === joined) readers.delete(key);
    },
  };
}
