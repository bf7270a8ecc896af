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
/** The shortest interval between heartbeats that report something. Unit: milliseconds. */
export const REPORT_EVERY_MS = 100;
/** The delay before the first of them: each is a paid request, and short work needs none. Unit: milliseconds. */
const FIRST_REPORT_AFTER_MS = 250;

/** Makes a heartbeat carry details, read when it is sent. They replace earlier ones. */
export type Report = (details: () => unknown) => void;

export async function heartbeating<T>(work: (report: Report) => Promise<T>): Promise<T> {
  const context = Context.current();
  let details = (): unknown => undefined;
  let beatAt = Date.now() + FIRST_REPORT_AFTER_MS - REPORT_EVERY_MS;
  let pending: NodeJS.Timeout | undefined;
  const beat = (): void => {
    clearTimeout(pending);
    pending = undefined;
    beatAt = Date.now();
    context.heartbeat(details());
  };
  const report: Report = (told) => {
    details = told;
    pending ??= setTimeout(beat, Math.max(0, beatAt + REPORT_EVERY_MS - Date.now()));
  };
  const timer = setInterval(beat, EVERY_MS);
  try {
    return await work(report);
  } finally {
    clearInterval(timer);
    clearTimeout(pending);
  }
}
