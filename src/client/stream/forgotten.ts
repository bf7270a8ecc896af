/**
 * Forgotten: what was seen of a run that has fewer events now.
 *
 * Its database was put back to an older copy, or Temporal tries one of its links again. What comes is not what was seen: a
 * stream begins its link again then.
 *
 * @module
 */
import type { EventsPage } from '../../protocol';

/** Says so to all who watch a link. */
export class Forgotten extends Error {}

/** @param page What follows `after`. */
export function isForgotten({ events, next }: EventsPage, after: number): boolean {
  return events.length === 0 && next < after;
}
