/**
 * Same values: what Math.random, uuid4, Date and Date.now give to a tool body that is entered again.
 *
 * They read the SDK's state of the run (1.24), so they are answered there: inside a body from what it was given before,
 * elsewhere as usual. A body that is entered for the first time sees no difference.
 *
 * @module
 */
import { currentBody } from '../context/body';
import { sdk } from './sdk';

/** Call in the run that begins here. */
export function giveBodiesTheSameValues(): void {
  const run = sdk();
  if (run === undefined) return;
  let { random, now } = run;
  const drawn = (): number => currentBody()?.random(random) ?? random();
  Object.defineProperty(run, 'random', {
    get: () => drawn,
    set(next: typeof random) {
      random = next;
    },
  });
  Object.defineProperty(run, 'now', {
    get: () => currentBody()?.time(now) ?? now,
    set(next: number) {
      now = next;
    },
  });
}
