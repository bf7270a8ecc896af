/**
 * Notices: the jobs of an activation that the SDK removes before any interceptor sees them.
 *
 * A new random seed means that a reset kept the history up to here, and that what follows came with the reset or after
 * it.
 *
 * @module
 */
import { sdk } from './sdk';

export interface Notices {
  readonly isReset: boolean;
  /** Patch markers that a replay will meet. */
  readonly patches: readonly string[];
}

/** Call in the run that begins here. @returns A function that takes the notices since its last call. */
export function listenForNotices(): () => Notices {
  let isReset = false;
  let patches: string[] = [];
  const run = sdk();
  if (run !== undefined) {
    const [updateRandomSeed, notifyHasPatch] = [run.updateRandomSeed.bind(run), run.notifyHasPatch.bind(run)];
    run.updateRandomSeed = (job) => {
      isReset = true;
      updateRandomSeed(job);
    };
    run.notifyHasPatch = (job) => {
      if (job.patchId != null) patches.push(job.patchId);
      notifyHasPatch(job);
    };
  }
  return () => {
    const taken = { isReset, patches };
    isReset = false;
    patches = [];
    return taken;
  };
}
