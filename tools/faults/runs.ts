/**
 * Runs: what each run is to do and to ask, from the seed alone.
 *
 * A run is started with its script as its message, so that the scripted model's reply is a function of the request
 * alone: any model server, started again at any time, says the same.
 *
 * @module
 */
import { seeded } from '../random';

export type RunKind = 'agent' | 'conversation' | 'nested' | 'hand-written';
/** `pay` may be tried again, as its service knows its key again; `mail` must not be, and may end unknown. */
export type Effect = 'pay' | 'mail';

/** One thing that a person is asked to allow. */
export interface Call {
  /** Unique over all runs. */
  readonly item: string;
  readonly effect: Effect;
  /** Who may answer. */
  readonly user: string;
  /** The tool asks, does something else, and waits then. */
  readonly isSlow: boolean;
  /** Nobody ever does. */
  readonly isNever: boolean;
  /** The tool waits no longer. Unit: milliseconds. */
  readonly withinMs?: number;
}

/** Calls that a model makes in one reply: their questions are open side by side. */
export type Step = readonly Call[];
/** What one message has an agent do. */
export type Script = { readonly run: string; readonly turn: number; readonly steps: readonly Step[] };

export interface RunPlan {
  /** Its workflow id. */
  readonly id: string;
  readonly kind: RunKind;
  readonly turns: readonly Script[];
  /** False: it stays parked on a question. */
  readonly isToEnd: boolean;
}

const KINDS: readonly RunKind[] = ['agent', 'agent', 'agent', 'conversation', 'nested', 'hand-written'];
const USERS = ['Laurie', 'Ann', 'Bo'] as const;
/** Of all runs, those that nobody ever answers. */
const NEVER = 0.1;

export function planRuns(seed: number, count: number): readonly RunPlan[] {
  return Array.from({ length: count }, (_, nth) => planRun(seed, nth));
}

/** What is answered has this long, which clocks that jump by hours pass; what is not ends soon. Unit: milliseconds. */
const LONG_MS = 3_600_000;
const SOON_MS = 6000;

/** The same runs with a deadline for each wait: a part of them nobody answers. */
export function withDeadlines(seed: number, plans: readonly RunPlan[]): readonly RunPlan[] {
  const timed = (call: Call): Call => {
    const isNever = call.isNever || seeded(seed, 'deadline', call.item).chance(0.4);
    return { ...call, isNever, isSlow: false, withinMs: isNever ? SOON_MS : LONG_MS };
  };
  return plans.map((plan) => ({
    ...plan,
    isToEnd: true,
    turns: plan.turns.map((turn) => ({ ...turn, steps: turn.steps.map((step) => step.map(timed)) })),
  }));
}

function planRun(seed: number, nth: number): RunPlan {
  const random = seeded(seed, 'run', nth);
  const id = `faults-${seed}-${nth}`;
  const isToEnd = !random.chance(NEVER);
  const kind = isToEnd ? random.pick(KINDS) : 'agent';
  const turns = kind === 'conversation' ? 2 : 1;
  const stepsOf = (turn: number): readonly Step[] =>
    Array.from({ length: isToEnd ? 1 + random.below(3) : 1 }, (_, step) => {
      const calls = Array.from({ length: random.chance(0.4) ? 2 : 1 }, (__, call) => ({
        item: `${id}:${turn}.${step}.${call}`,
        effect: random.pick(['pay', 'mail'] as const),
        user: random.pick(USERS),
        // Written by hand, both ask in one context: a wait takes the oldest question that nobody waits for.
        isSlow: random.chance(0.2) && kind !== 'hand-written',
        isNever: false,
      }));
      return isToEnd ? calls : calls.map((one, call) => (call === 0 ? { ...one, isNever: true } : one));
    });
  return {
    id,
    kind,
    turns: Array.from({ length: turns }, (_, turn) => ({ run: id, turn, steps: stepsOf(turn) })),
    isToEnd,
  };
}

/** All that a run asks, unless a message of a conversation is taken twice. */
export function callsOf({ turns }: RunPlan): readonly Call[] {
  return turns.flatMap(({ steps }) => steps.flat());
}

/** The same turn under items of its own: sent again, it can be taken twice and nothing is done twice for it. */
export function sentAgain(script: Script, again: number): Script {
  if (again === 0) return script;
  const renamed = (call: Call): Call => ({ ...call, item: `${call.item}~${again}` });
  return { ...script, steps: script.steps.map((step) => step.map(renamed)) };
}
