/**
 * Same values: a re-entered tool body gets the random numbers and times that it got before.
 *
 * Math.random, uuid4 and Date read the SDK's state of the run (1.24), so they are answered there. A body that is
 * entered for the first time sees no difference.
 *
 * @module
 */
import { currentBody } from '../context/body';
import { sdk } from './sdk';

export function makeBodiesDeterministic(): void {
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
