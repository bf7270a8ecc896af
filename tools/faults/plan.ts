/**
 * Plan: which faults happen, and when, from the seed alone.
 *
 * When is a place in the driver's progress and no time: after so many answers were begun. So a fault meets the same
 * answers in each replay, as far as a replay goes: what runs side by side on a real server and real sockets has no fixed
 * order, so the exact moment between two packets is another each time. A seed that failed once is run several times.
 *
 * @module
 */
import { type Random, seeded } from '../random';

export const LINKS = ['workers', 'clients'] as const;
/** Whose connections to Temporal. */
export type LinkName = (typeof LINKS)[number];

export type Fault = { readonly at: number } & FaultKind;

/** A kind of fault; how hard it hits is drawn when its turn comes. */
export type Card = (random: Random) => FaultKind;

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
  /** The clock of the process jumps, and back: not the one that timers run by, as with a clock that is set. */
  | { readonly kind: 'clock'; readonly victim: string; readonly byMs: number; readonly forMs: number }
  /** The disk that the server keeps its runs on is full. */
  | { readonly kind: 'fill'; readonly disk: 'server'; readonly forMs: number }
  /** The connections of this moment never pass anything again, and nobody is told. */
  | { readonly kind: 'half-open'; readonly link: LinkName };

/**
 * @param acts Answers that will be begun.
 * @returns In order. Each kind comes before any comes again.
 */
export function planFaults(seed: number, count: number, acts: number, deck: readonly Card[]): readonly Fault[] {
  const random = seeded(seed, 'faults');
  let cards: Card[] = [];
  return Array.from({ length: count }, (_, nth) => {
    if (cards.length === 0) cards = [...deck];
    const [card] = cards.splice(random.below(cards.length), 1) as [Card];
    const part = (nth + random.next()) / count;
    return { at: 1 + Math.floor(part * 0.95 * acts), ...card(random) };
  });
}

/** The process, link or disk that it hits. */
export function targetOf(fault: Fault): string {
  return 'victim' in fault ? fault.victim : 'link' in fault ? `${fault.link}' connections` : `${fault.disk}'s disk`;
}

export function describeFault(fault: Fault): string {
  const by = 'byMs' in fault ? ` by ${fault.byMs} ms` : '';
  const long = 'forMs' in fault ? ` for ${fault.forMs} ms` : '';
  return `after ${fault.at} answers: ${fault.kind} ${targetOf(fault)}${by}${long}`;
}

/** What is counted under one name. */
export function faultName(fault: Fault): string {
  return `${fault.kind} ${targetOf(fault).replace(/-\d+$/, '')}`;
}
