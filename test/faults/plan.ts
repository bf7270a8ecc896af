/**
 * Plan: which faults happen, and when, from the seed alone.
 *
 * When is a place in the driver's progress and no time: after so many answers were begun. So a fault meets the same
 * answers in each replay, as far as a replay goes: what runs side by side on a real server and real sockets has no fixed
 * order, so the exact moment between two packets is another each time. A seed that failed once is run several times.
 *
 * @module
 */
import { type Random, seeded } from './random';

export const LINKS = ['workers', 'clients'] as const;
/** Whose connections to Temporal. */
export type LinkName = (typeof LINKS)[number];

export type Fault = { readonly at: number } & FaultKind;

type FaultKind =
  /** `kill -9`, and started again after a while. */
  | { readonly kind: 'kill'; readonly victim: string; readonly forMs: number }
  /** The process stands still, as one that swaps or is paused, and goes on. */
  | { readonly kind: 'freeze'; readonly victim: string; readonly forMs: number }
  /** Connections are cut, and refused for a while. */
  | { readonly kind: 'drop'; readonly link: LinkName; readonly forMs: number }
  | { readonly kind: 'delay'; readonly link: LinkName; readonly byMs: number; readonly forMs: number }
  /** Connections stay, nothing passes, and then it does. */
  | { readonly kind: 'stall'; readonly link: LinkName; readonly forMs: number }
  /** The connections of this moment never pass anything again, and nobody is told. */
  | { readonly kind: 'half-open'; readonly link: LinkName };

type Card = (random: Random) => FaultKind;

const kill =
  (victim: string, mostMs: number): Card =>
  (random) => ({ kind: 'kill', victim, forMs: random.below(mostMs) });
const freeze =
  (victim: string, mostMs: number): Card =>
  (random) => ({ kind: 'freeze', victim, forMs: 500 + random.below(mostMs) });

/** Longer than the heartbeat timeouts of the tools: an attempt that was given up goes on later. */
const LONG_FREEZE_MS = 8000;

function deck(victims: readonly string[]): readonly Card[] {
  const isServer = (victim: string): boolean => victim === 'server' || victim === 'database';
  const servers = victims.filter(isServer);
  const others = victims.filter((victim) => !isServer(victim));
  return [
    ...others.flatMap((victim) => [kill(victim, 3000), kill(victim, 3000)]),
    ...servers.flatMap((victim) => [kill(victim, 2000), kill(victim, 2000), freeze(victim, 3000)]),
    ...others.filter((victim) => victim.startsWith('worker')).map((victim) => freeze(victim, LONG_FREEZE_MS)),
    ...LINKS.flatMap((link): Card[] => [
      (random) => ({ kind: 'drop', link, forMs: random.below(3000) }),
      (random) => ({ kind: 'delay', link, byMs: 50 + random.below(700), forMs: 1000 + random.below(4000) }),
      (random) => ({ kind: 'stall', link, forMs: 1000 + random.below(5000) }),
      () => ({ kind: 'half-open', link }),
    ]),
  ];
}

/**
 * @param acts Answers that will be begun.
 * @param victims Names of the processes that can be killed.
 * @returns In order. Each kind comes before any comes again.
 */
export function planFaults(seed: number, count: number, acts: number, victims: readonly string[]): readonly Fault[] {
  const random = seeded(seed, 'faults');
  let cards: Card[] = [];
  return Array.from({ length: count }, (_, nth) => {
    if (cards.length === 0) cards = [...deck(victims)];
    const [card] = cards.splice(random.below(cards.length), 1) as [Card];
    const part = (nth + random.next()) / count;
    return { at: 1 + Math.floor(part * 0.95 * acts), ...card(random) };
  });
}

export function describeFault(fault: Fault): string {
  const whom = 'victim' in fault ? fault.victim : `${fault.link}' connections`;
  const by = fault.kind === 'delay' ? ` by ${fault.byMs} ms` : '';
  const long = 'forMs' in fault ? ` for ${fault.forMs} ms` : '';
  return `after ${fault.at} answers: ${fault.kind} ${whom}${by}${long}`;
}

/** What is counted under one name. */
export function faultName(fault: Fault): string {
  return `${fault.kind} ${'victim' in fault ? fault.victim.replace(/-\d+$/, '') : fault.link}`;
}
