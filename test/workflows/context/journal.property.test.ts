import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type JournalEntry, journalProblem } from '../../../src/protocol';
import { Journal } from '../../../src/workflows/context/journal';
import { FUZZ_WITHIN_MS, fuzzed } from '../../setup/fuzz';

/** A tool body: operations one after the other, and lines of them side by side. `name` is its place in the body. */
type Body = readonly (
  | { readonly kind: 'now' | 'write'; readonly fails: boolean }
  | {
      readonly kind: 'tool' | 'wait';
      readonly fails: boolean;
      readonly notes: 'no' | 'plain' | 'live';
      /** What it waits for is there when it begins, or only when it is taken up again: it is over after so many microtasks. */
      readonly ready: { readonly when: 'begun' | 'taken up'; readonly ticks: number } | undefined;
    }
  | readonly Body[]
)[];

const now = fc.record({ kind: fc.constantFrom('now' as const, 'write' as const), fails: fc.boolean() });
const lasting = <T>(ready: fc.Arbitrary<T>) =>
  fc.record({
    kind: fc.constantFrom('tool' as const, 'wait' as const),
    fails: fc.boolean(),
    notes: fc.constantFrom('no' as const, 'plain' as const, 'live' as const),
    ready,
  });

const { deep } = fc.letrec<{ deep: Body }>((tie) => ({
  deep: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      now,
      lasting(fc.constant(undefined)),
      fc.array(tie('deep'), { minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 4 },
  ),
}));

/**
 * How many microtasks are between two outcomes is not recorded. So where operations are over at once, the lines are
 * flat: each goes on equally soon after what it is given, and lines inside of lines do not.
 */
const ready = fc.record({ when: fc.constantFrom('begun' as const, 'taken up' as const), ticks: fc.nat(8) });
const soon = lasting(fc.option(ready, { nil: undefined }));
const lines = fc.array(fc.array(fc.oneof(now, soon), { maxLength: 4 }), { minLength: 1, maxLength: 4 });
const flat: fc.Arbitrary<Body> = fc.array(fc.oneof(now, soon, lines), { maxLength: 4 });

/** In each life, which of the operations that are under way end, at which moment; then the process is killed. */
const lives = fc.array(fc.array(fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }), { maxLength: 5 }), {
  maxLength: 5,
});

/** All that ever happened to a tool call, over all its lives. */
class World {
  /** How often each operation had its effect, to its end. */
  readonly done = new Map<string, number>();
  readonly ids = new Map<string, string>();
  /** What each left when it was interrupted. */
  readonly notes = new Map<string, string>();
  running: { readonly name: string; readonly end: () => void }[] = [];
  life = 0;

  finish(name: string): void {
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }

  /** One operation has one id, in whatever life. */
  is(name: string, id: string): void {
    expect(this.ids.get(name) ?? id).toBe(id);
    this.ids.set(name, id);
  }
}

/** What an operation gives tells when it really happened. */
function outcome(world: World, name: string, fails: boolean): { name: string; life: number } {
  world.finish(name);
  if (fails) throw new Error(`${name} of life ${world.life}`);
  return { name, life: world.life };
}

async function run(world: World, journal: Journal, steps: Body, seen: string[], at = ''): Promise<void> {
  const see = (name: string, given: { name: string; life: number }): void => {
    seen.push(`${name} gave ${JSON.stringify(given)}`);
    given.name = 'changed by whoever was given it';
  };
  for (const [nth, step] of steps.entries()) {
    const name = `${at}${nth}`;
    if ('map' in step) {
      await Promise.all(step.map((line, row) => run(world, journal, line, seen, `${name}/${row}/`)));
      continue;
    }
    try {
      if ('notes' in step)
        see(
          name,
          await journal.settle(
            step.kind,
            (operation) => begin(operation),
            (error) => !isFailedClaim(error),
          ),
        );
      else
        see(
          name,
          journal.perform(step.kind, (id) => {
            world.is(name, id);
            return outcome(world, name, step.fails);
          }),
        );
    } catch (error) {
      if (isFailedClaim(error)) throw error;
      seen.push(`${name} threw ${(error as Error).message}`);
    }

    async function begin({
      id,
      resumed,
      note,
    }: Parameters<Parameters<Journal['settle']>[1]>[0]): Promise<{ name: string; life: number }> {
      const { fails, notes, ready } = step as Extract<Body[number], { notes: unknown }>;
      const when = world.ids.has(name) ? 'taken up' : 'begun';
      world.is(name, id);
      expect(JSON.stringify(resumed)).toBe(world.notes.get(name));
      const left = { name, life: world.life };
      if (notes !== 'no') note(notes === 'live' ? () => left : left);
      if (notes !== 'no') world.notes.set(name, JSON.stringify(left));
      if (ready?.when !== when) await new Promise<void>((end) => world.running.push({ name, end }));
      else for (let tick = 0; tick < ready.ticks; tick += 1) await Promise.resolve();
      return outcome(world, name, fails);
    }
  }
}

function isFailedClaim(error: unknown): boolean {
  return error instanceof Error && 'matcherResult' in error;
}

function namesOf(steps: Body, at = ''): readonly string[] {
  return steps.flatMap((step, nth) =>
    'map' in step ? step.flatMap((line, row) => namesOf(line, `${at}${nth}/${row}/`)) : [`${at}${nth}`],
  );
}

const CASE_WITHIN_MS = 5_000;

const settled = (): Promise<void> => new Promise(setImmediate);

test(
  'a body that is killed and entered again, however often, has each effect once and sees what it saw before',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(deep, flat), lives, async (steps, kills) => {
        const world = new World();
        let entries: readonly JournalEntry[] = [];
        let sawBefore: readonly string[] = [];
        for (const life of [...kills, undefined]) {
          world.running = [];
          world.life += 1;
          const journal = new Journal('1.0', JSON.parse(JSON.stringify(entries)) as typeof entries);
          const seen: string[] = [];
          let isOver = false;
          const entered = run(world, journal, steps, seen).then(() => {
            isOver = true;
          });
          entered.catch(() => undefined); // A failed claim is thrown below.
          await settled();
          for (const ending of life ?? []) {
            for (const which of ending) world.running.splice(which % Math.max(1, world.running.length), 1)[0]?.end();
            await settled();
          }
          // The last life lasts to the end of the body.
          while (life === undefined && world.running.length > 0) {
            world.running.shift()?.end();
            await settled();
          }
          if (life === undefined || isOver) await entered;
          else await Promise.race([entered, settled()]);
          expect(seen.slice(0, sawBefore.length)).toEqual(sawBefore);
          sawBefore = seen;
          ({ entries } = journal);
          expect(journalProblem(entries)).toBeUndefined();
        }
        expect([...world.done].sort()).toEqual(
          namesOf(steps)
            .map((name) => [name, 1])
            .sort(),
        );
      }),
      // A case that hangs fails for itself, and is made smaller like any other.
      {
        ...fuzzed(300),
        timeout: CASE_WITHIN_MS,
        interruptAfterTimeLimit: FUZZ_WITHIN_MS * 0.9,
        markInterruptAsFailure: true,
      },
    );
  },
  FUZZ_WITHIN_MS,
);
