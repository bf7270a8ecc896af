/**
 * Too long: whether a link of a run has come so far that the run must go on in another.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { linkSeen } from './link-seen';
import type { Traffic } from './traffic';

/** @param reprieve Looked at with so many times the limits. */
export function isTooLong({ traffic }: { readonly traffic: Traffic }, reprieve: number): boolean {
  const { historyLength, historySize } = linkSeen();
  return (
    traffic.isHeavy(reprieve) ||
    historyLength >= LIMITS.linkEvents * reprieve ||
    historySize >= LIMITS.linkBytes * reprieve ||
    traffic.signals >= LIMITS.linkSignals * reprieve
  );
}

/** Temporal would soon end it. What it was sent does not count: refused messages must not end a run. */
export function isAtItsEnd(): boolean {
  const { historyLength, historySize } = linkSeen();
  return historyLength >= LIMITS.lastEvents || historySize >= LIMITS.lastBytes;
}
