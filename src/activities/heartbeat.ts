/**
 * Heartbeat: keeps an activity alive and delivers its cancellation.
 *
 * @module
 */
import { Context } from '@temporalio/activity';

/**
 * Frequent enough to stop a cancelled request within about a second. Work that is done sooner sends none. Unit:
 * milliseconds.
 */
const EVERY_MS = 1000;
/** The shortest interval between heartbeats with news. Unit: milliseconds. */
export const NEWS_EVERY_MS = 100;
/** The delay before the first of them: each is a paid request, and short work needs none. Unit: milliseconds. */
const FIRST_NEWS_AFTER_MS = 250;

/** Makes a heartbeat carry details, read when it is sent. They replace earlier ones. */
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
