/**
 * Judge streams: `seq` has no gap, no watcher saw an event twice or missed one, and what was seen still stands.
 *
 * @module
 */
import type { Finding, RunEvidence } from './evidence';
import { hashOf } from './random';

export function judgeStreams({ plan, seen, watchers, endedWatchers }: RunEvidence): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (kind: string, text: string): void => void findings.push({ run: plan.id, kind, text });
  for (const [nth, { seq, type }] of seen.events.entries()) {
    if (seq === nth) continue;
    find('gap in seq', `The event ${nth} of its stream, ${type}, has the seq ${seq}.`);
    break;
  }
  const hashes = seen.events.map((event) => hashOf(JSON.stringify(event)));
  for (const [watcher, lines] of watchers) {
    let last = -1;
    for (const { seq, type, hash } of lines) {
      if (seq === undefined) {
        find('event of a reader', `${watcher} was given ${type} after ${last}.`);
        continue;
      }
      if (seq <= last) find('seen twice', `${watcher} saw ${seq} (${type}) again after ${last}.`);
      else if (seq > last + 1) find('missed', `${watcher} saw ${seq} (${type}) right after ${last}.`);
      if (hashes[seq] !== hash) {
        find('seen and gone', `${watcher} saw ${seq} as a ${type}; now it is another ${seen.events[seq]?.type}.`);
      }
      last = Math.max(last, seq);
    }
    if (endedWatchers.has(watcher) && last !== seen.events.length - 1) {
      find('missed', `The stream of ${watcher} ended after ${last}; the last event is ${seen.events.length - 1}.`);
    }
  }
  return findings;
}
