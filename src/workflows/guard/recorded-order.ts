/**
 * Recorded order: where the accepted updates of a workflow task stood among its signals, as text.
 *
 * `-2@10-1@12`: two updates before the signal of history event 10, then one before that of event 12. Updates after the
 * last signal are left out. Signals are named by event, because a replay can spread one task over two.
 *
 * @module
 */
import type { Job } from './history-jobs';

/** The history event of the signal that follows an update. `undefined`: no signal follows. */
export type Place = string | undefined;

/** An accepted update that was not delivered now has waited since before all of these. */
export function updatePositions(jobs: readonly Job[]): (update: string) => Place {
  const places = new Map<string, Place>();
  let place: Place;
  for (const { signalWorkflow, doUpdate } of [...jobs].reverse()) {
    if (signalWorkflow != null) place = String(signalWorkflow.originatingEventId);
    if (doUpdate?.protocolInstanceId != null) places.set(doUpdate.protocolInstanceId, place);
  }
  return (update) => (places.has(update) ? places.get(update) : place);
}

export function encodeOrder(places: readonly Place[]): string {
  const runs: { count: number; readonly place: Place }[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last !== undefined && last.place === place) last.count += 1;
    else runs.push({ count: 1, place });
  }
  if (runs.at(-1)?.place === undefined) runs.pop();
  return runs.map(({ count, place = 'end' }) => `-${count}@${place}`).join('');
}

/** A replay delivers signals first; this puts the updates back among them. */
export function restoreOrder(jobs: readonly Job[], order: string): Job[] {
  const signals = jobs.filter(({ signalWorkflow }) => signalWorkflow != null);
  const updates = jobs.filter(({ doUpdate }) => doUpdate != null);
  const messages: Job[] = [];
  for (const [, count, place] of order.matchAll(/-(\d+)@(\w+)/g)) {
    const isBefore = ({ signalWorkflow }: Job): boolean =>
      place === 'end' || Number(signalWorkflow?.originatingEventId) < Number(place);
    while (signals[0] !== undefined && isBefore(signals[0])) messages.push(...signals.splice(0, 1));
    messages.push(...updates.splice(0, Number(count)));
  }
  messages.push(...signals, ...updates);
  const at = jobs.findIndex(isMessage);
  return at < 0 ? [...jobs] : [...jobs.slice(0, at), ...messages, ...jobs.slice(at + messages.length)];
}

export function isMessage({ signalWorkflow, doUpdate }: Job): boolean {
  return signalWorkflow != null || doUpdate != null;
}
