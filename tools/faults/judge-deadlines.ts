/**
 * Judge deadlines: no wait ends before its time is over, whatever clocks say, or long after it.
 *
 * By the times on the stream, which are the Temporal server's. Its clock is the one that is trusted: it runs the timers.
 *
 * @module
 */
import type { Finding, RunEvidence } from './evidence';

/** A timer is started a moment after its question is written, or before in the server's whole milliseconds. */
const EARLIEST_MS = -50;
/** Workers are killed, and tasks wait for those that are dead. */
const LATEST_MS = 60_000;

export function judgeDeadlines({ plan, seen, expired, callOf }: RunEvidence): readonly Finding[] {
  return expired.flatMap(({ inputId, time, ...event }) => {
    const item = String(event['item']);
    const asked = seen.events.find((one) => one.type === 'InputRequiredEvent' && one.inputId === inputId);
    const { withinMs } = callOf(item) ?? {};
    if (withinMs === undefined || asked?.time === undefined || time === undefined) return [];
    const lateMs = Date.parse(time) - Date.parse(asked.time) - withinMs;
    if (lateMs >= EARLIEST_MS && lateMs <= LATEST_MS) return [];
    const kind = lateMs < 0 ? 'timed out early' : 'timed out late';
    return [{ run: plan.id, kind, text: `${item} had ${withinMs} ms; its wait ended ${lateMs} ms after that.` }];
  });
}
