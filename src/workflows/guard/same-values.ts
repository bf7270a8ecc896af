/**
 * Same values: what Math.random, uuid4, Date and Date.now give to the body of a tool that is entered again.
 *
 * They read the SDK's own state of the run (1.24), so that is where they are answered: inside of a body by what it was given
 * before, elsewhere as ever. A body that is entered for the first time gets what it would get without this.
 *
 * @module
 */
import { currentBody } from '../context/body';
import { sdk } from './sdk';

/** In the run that begins here. */
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
