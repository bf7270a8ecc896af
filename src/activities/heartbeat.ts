/**
 * Heartbeat: keeps an activity known to be alive, and brings it word of its cancellation.
 *
 * @module
 */
import { Context } from '@temporalio/activity';

/** Often enough that a cancelled run's request stops within a second or so; none for work that is done by then. Unit: milliseconds. */
const EVERY_MS = 1000;
/** Those with something new: at most so often. Unit: milliseconds. */
export const NEWS_EVERY_MS = 100;
/** And none for work that is done by then: each is a request to the server, and paid for. Unit: milliseconds. */
const FIRST_NEWS_AFTER_MS = 250;

/** Has a beat carry details, made when it is sent. Each beat replaces what was there before. */
export type Tell = (details: () => unknown) => void;

export async function heartbeating<T>(work: (tell: Tell) => Promise<T>): Promise<T> {
  const context = Context.current();
  let details = (): unknown => undefined;
  let beatAt = Date.now() + FIRST_NEWS_AFTER_MS - NEWS_EVERY_MS;
  let news: NodeJS.Timeout | undefined;
  const beat = (): void => {
    clearTimeout(news);
    news = undefined;
    beatAt = Date.now();
    context.heartbeat(details());
  };
  const tell: Tell = (told) => {
    details = told;
    news ??= setTimeout(beat, Math.max(0, beatAt + NEWS_EVERY_MS - Date.now()));
  };
  const timer = setInterval(beat, EVERY_MS);
  try {
    return await work(tell);
  } finally {
    clearInterval(timer);
    clearTimeout(news);
  }
}
