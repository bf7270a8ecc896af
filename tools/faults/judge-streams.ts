/**
 * Judge streams: `seq` has no gap, no watcher saw an event twice or missed one, and what was seen still stands.
 *
 * @module
 */
import type { Finding, RunEvidence } from './evidence';

export function judgeStreams({ plan, seen, watchers, endedWatchers }: RunEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (kind: string, text: string): void => void findings.push({ run: plan.id, kind, text });
  for (const [nth, { seq, type }] of seen.events.entries()) {
    if (seq === nth) continue;
    find('gap in seq', `The event ${nth} of its stream, ${type}, has the seq ${seq}.`);
    break;
  }
  for (const [watcher, events] of watchers) {
    let last = -1;
    for (const event of events) {
      const { seq, type } = event;
      if (seq === undefined) {
        find('event of a reader', `${watcher} was given ${type} after ${last}.`);
        continue;
      }
      if (seq <= last) find('seen twice', `${watcher} saw ${seq} (${type}) again after ${last}.`);
      else if (seq > last + 1) find('missed', `${watcher} saw ${seq} (${type}) right after ${last}.`);
      const [was, is] = [event, seen.events[seq] ?? { type: 'nothing' }].map((one) => JSON.stringify(one));
      if (was !== is) find('seen and gone', `${watcher} saw ${was}; now it is ${is}.`);
      last = Math.max(last, seq);
    }
    if (endedWatchers.has(watcher) && last !== seen.events.length - 1) {
      find('missed', `The stream of ${watcher} ended after ${last}; the last event is ${seen.events.length - 1}.`);
    }
  }
  return findings;
}
