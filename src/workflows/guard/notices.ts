/**
 * Notices: the jobs of an activation that the SDK takes out before any interceptor is given it.
 *
 * A new random seed says that the history up to here was kept by a reset, and that what follows came with or after it.
 *
 * @module
 */
import { sdk } from './sdk';

export interface Notices {
  readonly isReset: boolean;
  /** Patch markers that a replay has ahead. */
  readonly patches: readonly string[];
}

/** For the run that begins here. @returns Takes those that came since it was last asked. */
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
