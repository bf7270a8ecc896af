/**
 * Too long: whether a link has grown so much that its run must continue as new.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { linkInfo } from './link-info';
import type { Traffic } from './traffic';

/** @param reprieve Multiplies the limits. */
export function isTooLong({ traffic }: { readonly traffic: Traffic }, reprieve: number): boolean {
  const { historyLength, historySize } = linkInfo();
  return (
    traffic.isHeavy(reprieve) ||
    historyLength >= LIMITS.linkEvents * reprieve ||
    historySize >= LIMITS.linkBytes * reprieve ||
    traffic.signals >= LIMITS.linkSignals * reprieve
  );
}

/** Whether Temporal would soon end it. The number of messages does not count: refused ones must not end a run. */
export function isAtItsEnd(): boolean {
  const { historyLength, historySize } = linkInfo();
  return historyLength >= LIMITS.lastEvents || historySize >= LIMITS.lastBytes;
}
