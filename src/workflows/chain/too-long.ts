/**
 * Too long: whether a link of a run has come so far that the run must go on in another.
 *
 * @module
 */
import { LIMITS } from '../../protocol';
import { linkSeen } from './link-seen';

/** @param reprieve Looked at with so many times the limits. */
export function isTooLong({ signals }: { readonly signals: number }, reprieve: number): boolean {
  const { historyLength, historySize } = linkSeen();
  return (
    historyLength >= LIMITS.linkEvents * reprieve ||
    historySize >= LIMITS.linkBytes * reprieve ||
    signals >= LIMITS.linkSignals * reprieve
  );
}
