/**
 * Hidden jobs: the jobs of an activation that the SDK removes before interceptors see them.
 *
 * @module
 */
import { sdk } from './sdk';

export interface HiddenJobs {
  readonly isReset: boolean;
  /** Patch markers that a replay will meet. */
  readonly patches: readonly string[];
}

/** @returns Takes the hidden jobs since its last call. */
export function watchHiddenJobs(): () => HiddenJobs {
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
