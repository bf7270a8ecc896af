/**
 * Decks: the faults of each scenario, dealt one after the other in the order of the seed until none is left.
 *
 * @module
 */
import { type Card, LINKS } from './plan';
import type { ServerKind } from './servers';

/** By the kind of server, so that a plan is known before anything is started. */
const SERVERS: Readonly<Record<ServerKind, readonly string[]>> = {
  dev: ['server'],
  production: ['server', 'database'],
};
const WORKERS = ['worker-1', 'worker-2'];
/** Longer than the heartbeat timeouts of the tools: an attempt that was given up goes on later. */
const LONG_FREEZE_MS = 8000;
const HOUR_MS = 3_600_000;

const kill =
  (victim: string, mostMs: number): Card =>
  (random) => ({ kind: 'kill', victim, forMs: random.below(mostMs) });
const freeze =
  (victim: string, mostMs: number): Card =>
  (random) => ({ kind: 'freeze', victim, forMs: 500 + random.below(mostMs) });
const jump =
  (victim: string): Card =>
  (random) => {
    const byMs = (1 + random.below(12)) * HOUR_MS * (random.chance(0.5) ? 1 : -1);
    return { kind: 'clock', victim, byMs, forMs: 2000 + random.below(6000) };
  };

/** Whatever can be killed, frozen or cut off. */
export function everything(server: ServerKind): readonly Card[] {
  return [
    ...['driver', 'model', ...WORKERS].flatMap((victim) => [kill(victim, 3000), kill(victim, 3000)]),
    ...SERVERS[server].flatMap((victim) => [kill(victim, 2000), kill(victim, 2000), freeze(victim, 3000)]),
    ...WORKERS.map((victim) => freeze(victim, LONG_FREEZE_MS)),
    ...LINKS.flatMap((link): Card[] => [
      (random) => ({ kind: 'drop', link, forMs: random.below(3000) }),
      (random) => ({ kind: 'delay', link, byMs: 50 + random.below(700), forMs: 1000 + random.below(4000) }),
      (random) => ({ kind: 'stall', link, forMs: 1000 + random.below(5000) }),
      () => ({ kind: 'half-open', link }),
    ]),
  ];
}

/** Clocks that are set wrong and right again, and workers that are killed meanwhile. */
export function clocks(): readonly Card[] {
  return [
    ...['driver', ...WORKERS].flatMap((victim) => [jump(victim), jump(victim)]),
    ...WORKERS.map((one) => kill(one, 2000)),
  ];
}

export function fullDisk(): readonly Card[] {
  return [(random) => ({ kind: 'fill', disk: 'server', forMs: 1000 + random.below(4000) })];
}
