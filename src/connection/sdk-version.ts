/**
 * SDK version: which release of Temporal's SDK is installed, and whether this package was tried with it.
 *
 * The SDK requires all `@temporalio` packages of a process to be of one release.
 *
 * @module
 */

/** The release without its patch number. */
const TRIED = '1.24';

const { version } = require('@temporalio/client/package.json') as { readonly version: string };

/** Whether what this package knows of the SDK holds: a later release may have more options and another core. */
export function isTriedSdk(): boolean {
  return version.startsWith(`${TRIED}.`);
}

let isTold = false;

/** Warns once in a process of an untried release. */
export function warnOfUntriedSdk(): void {
  if (isTriedSdk() || isTold) return;
  isTold = true;
  process.emitWarning(untriedText(version), { code: 'COUNTERSIGN_UNTRIED_SDK' });
}

export function untriedText(installed: string): string {
  return `Temporal's SDK is ${installed} here, and Countersign was tried with ${TRIED}. What it does about faults of the SDK's core rests on that release: look for a newer Countersign, or pin @temporalio/* to ${TRIED}.`;
}
