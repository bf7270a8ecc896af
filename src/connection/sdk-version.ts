/**
 * SDK version: which release of Temporal's SDK is installed, and whether it is one that this package was tried with.
 *
 * All `@temporalio` packages of a process are of one release: the SDK sees to that.
 *
 * @module
 */

/** The release, without its patches. */
const TRIED = '1.24';

const { version } = require('@temporalio/client/package.json') as { readonly version: string };

/** Whether what is known of the SDK here holds for this one: a later one may have more options, and another core. */
export function isTriedSdk(): boolean {
  return version.startsWith(`${TRIED}.`);
}

let isTold = false;

/** Says once, as a warning of the process, that nobody has tried this release. */
export function warnOfUntriedSdk(): void {
  if (isTriedSdk() || isTold) return;
  isTold = true;
  process.emitWarning(untriedText(version), { code: 'COUNTERSIGN_UNTRIED_SDK' });
}

export function untriedText(installed: string): string {
  return `Temporal's SDK is ${installed} here, and Countersign was tried with ${TRIED}. What it does about faults of the SDK's core rests on that release: look for a newer Countersign, or pin @temporalio/* to ${TRIED}.`;
}
