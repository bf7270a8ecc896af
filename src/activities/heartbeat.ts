/**
 * Heartbeat: keeps an activity known to be alive, and brings it word of its cancellation.
 *
 * @module
 */
import { Context } from '@temporalio/activity';

/** Often enough that a cancelled run's request stops within a second or so; none for work that is done by then. Unit: milliseconds. */
const EVERY_MS = 1000;

export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
