/**
 * Notice reset: tells a run that it has passed the point that Temporal's reset put it back to.
 *
 * The SDK hands the new seed over before any interceptor is asked.
 *
 * @module
 */
import { rememberReset } from '../chain/reset-seen';
import { sdk } from './sdk';

export function noticeReset(): void {
  const run = sdk();
  if (run === undefined) return;
  const update = run.updateRandomSeed.bind(run);
  run.updateRandomSeed = (job) => {
    rememberReset();
    update(job);
  };
}
