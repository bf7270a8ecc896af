/**
 * Acts: what people do about a question, from the seed alone. Right answers, wrong people, two that contradict each
 * other at once, and the same one again.
 *
 * Every question that is to be answered gets an answer that is good by itself; which one settles it is a race.
 *
 * @module
 */
import { type Random, seeded } from '../random';
import type { Call } from './runs';

/** `respond` and `sendEvent` of our client; the update and the signal of a plain Temporal client. */
export type Surface = 'respond' | 'sendEvent' | 'update' | 'signal';

export interface Act {
  /** Unique over all acts. */
  readonly id: string;
  /** Shared by acts that send one answer again. */
  readonly answerId: string;
  readonly response: 'yes' | 'no';
  readonly user: string;
  readonly surface: Surface;
  /** Whether it names the question. */
  readonly isNamed: boolean;
  /** Which of the driver's connections. */
  readonly connection: 0 | 1;
}

/** Acts of one round are done at once, the next round after their outcomes. */
export type Round = readonly Act[];

const SURFACES: readonly Surface[] = ['respond', 'respond', 'sendEvent', 'update', 'signal'];
const STRANGER = 'Mallory';

export function actsOn(
  seed: number,
  { item, user, isNever }: Pick<Call, 'item' | 'user' | 'isNever'>,
): readonly Round[] {
  const random = seeded(seed, 'acts', item);
  let count = 0;
  const act = (what: Partial<Act>): Act => {
    const nth = count;
    count += 1;
    return {
      id: `${item}/${nth}`,
      answerId: `${item}#${nth}`,
      response: random.chance(0.75) ? 'yes' : 'no',
      user,
      surface: random.pick(SURFACES),
      isNamed: true,
      connection: random.chance(0.5) ? 0 : 1,
      ...what,
    };
  };
  const stranger = (): Act => act({ user: STRANGER, response: 'yes', isNamed: random.chance(0.5) });
  if (isNever) return random.chance(0.6) ? [[stranger()]] : [];
  const rounds: Round[] = [];
  if (random.chance(0.3)) rounds.push([stranger()]);
  if (random.chance(0.15)) rounds.push([act({ isNamed: false })]);
  rounds.push(mainRound(random, act));
  const [first] = rounds.at(-1) as [Act];
  if (random.chance(0.25)) rounds.push([{ ...act({ surface: random.pick(SURFACES) }), ...contentOf(first) }]);
  if (random.chance(0.15)) rounds.push([act({ response: first.response === 'yes' ? 'no' : 'yes' })]);
  return rounds;
}

function mainRound(random: Random, act: (what: Partial<Act>) => Act): Round {
  if (!random.chance(0.4)) return [act({})];
  // From two connections, so that neither waits for the other.
  return [act({ response: 'yes', connection: 0 }), act({ response: 'no', connection: 1 })];
}

/** What makes an answer the same answer. */
function contentOf({ answerId, response, user, isNamed }: Act): Partial<Act> {
  return { answerId, response, user, isNamed };
}
