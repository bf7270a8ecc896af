/**
 * Rewound: the run has fewer events than were seen of it.
 *
 * Its database was restored from an older copy, or Temporal retries a link. The stream then begins its link again.
 *
 * @module
 */
import type { EventsPage } from '../../protocol';

/** Tells all watchers of a link. */
export class Rewound extends Error {}

/** @param page The page after `after`. */
export function isRewound({ events, next }: EventsPage, after: number): boolean {
  return events.length === 0 && next < after;
}
