import { expect, jest, test } from '@jest/globals';
import { AgentError } from '../../../src/protocol';
import { Journal } from '../../../src/workflows/context/journal';

const always = (): boolean => true;

/** A tool body of four operations; `effects` sees what really happens. */
async function body(journal: Journal, effects: string[], answer: () => Promise<string>): Promise<string> {
  const at = journal.perform('now', () => effects.push('now'));
  await journal.settle('tool', async () => effects.push('tool'), always);
  const said = await journal.settle(
    'wait',
    async ({ id, note, resumed }) => {
      note({ left: id });
      return `${id} ${await answer()}${resumed === undefined ? '' : ` ${JSON.stringify(resumed)}`}`;
    },
    always,
  );
  journal.perform('write', () => effects.push('write'));
  return `${at} ${said}`;
}

test('operations are numbered in the order they begin', async () => {
  const journal = new Journal('2.1');
  expect(await body(journal, [], async () => 'yes')).toBe('1 2.1.2 yes');
  expect(journal.entries.map(({ kind }) => kind)).toEqual(['now', 'tool', 'wait', 'write']);
});

test('a body entered again against its journal repeats no finished operation, and finishes the open one', async () => {
  const effects: string[] = [];
  const first = new Journal('1.0');
  void body(first, effects, () => new Promise(() => undefined));
  await new Promise(setImmediate);
  const carried = JSON.parse(JSON.stringify(first.entries)) as typeof first.entries;
  expect(carried.map(({ outcome }) => outcome !== undefined)).toEqual([true, true, false]);

  const again = new Journal('1.0', carried);
  expect(await body(again, effects, async () => 'no')).toBe('1 1.0.2 no {"left":"1.0.2"}');
  expect(effects).toEqual(['now', 'tool', 'write']);
});

test('a failure is an outcome too, with its code; what ends the run is not', async () => {
  const journal = new Journal('1.0');
  const timedOut = new AgentError('INPUT_TIMED_OUT', 'over', { inputId: '1.0.0', timeoutMs: 5 });
  const fails = async (): Promise<never> => {
    throw timedOut;
  };
  await expect(journal.settle('wait', fails, always)).rejects.toBe(timedOut);
  await expect(journal.settle('wait', fails, () => false)).rejects.toBe(timedOut);
  const again = new Journal('1.0', JSON.parse(JSON.stringify(journal.entries)) as typeof journal.entries);
  await expect(again.settle('wait', async () => 'never', always)).rejects.toMatchObject({
    code: 'INPUT_TIMED_OUT',
    message: 'over',
    details: { inputId: '1.0.0', timeoutMs: 5 },
  });
  expect(await again.settle('wait', async () => 'waits again', always)).toBe('waits again');
});

test('a body that has changed under its journal is found', () => {
  const journal = new Journal('1.0', [{ kind: 'wait', after: 0 }]);
  expect(() => journal.perform('write', () => 1)).toThrow(/other code: operation 0 was "wait" and is now "write"/);
});

test('an operation that is given something else than before is stopped, and so is all that comes after it', async () => {
  const first = new Journal('1.0');
  await first.settle('wait', async () => 'yes', always, ['Pay Ann?']);
  const effects: string[] = [];
  const told: string[] = [];
  const diverged = (problem: string): Error => {
    told.push(problem);
    return new Error(problem);
  };
  const pay = async (journal: Journal, question: string): Promise<string> => {
    const answer = await journal
      .settle('wait', async () => 'no', always, [question])
      .catch(() => 'the body goes on all the same');
    await journal.settle('tool', async () => effects.push(question), always, ['pay']);
    return answer;
  };
  const again = new Journal('1.0', carriedFrom(first), { diverged });
  await expect(pay(again, 'Pay Bob?')).rejects.toThrow(/operation 0 \("wait"\) is given something else/);
  expect(again.divergence?.message).toBe(told[0]);
  expect(told).toHaveLength(1);
  expect(effects).toEqual([]);

  expect(await pay(new Journal('1.0', carriedFrom(first), { diverged }), 'Pay Ann?')).toBe('yes');
  // Of an earlier release, which recorded no digest.
  const old = carriedFrom(first).map(({ given: _given, ...entry }) => entry);
  expect(await pay(new Journal('1.0', old, { diverged }), 'Pay Bob?')).toBe('yes');
});

test('what cannot be read is given as the same each time, and never breaks the journal', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const first = new Journal('1.0');
  for (const given of [proxy, 1n, undefined, Number.NaN, () => 1]) first.perform('get', () => 1, [given]);
  const again = new Journal('1.0', carriedFrom(first));
  for (const given of [proxy, 1n, undefined, Number.NaN, () => 1]) {
    expect(again.perform('get', () => 2, [given])).toBe(1);
  }
});

test('a body that ends before it has done all that it did is found', () => {
  const first = new Journal('1.0');
  first.perform('now', () => 1);
  first.perform('now', () => 1);
  const again = new Journal('1.0', carriedFrom(first));
  again.perform('now', () => 1);
  again.finish();
  expect(again.divergence?.message).toMatch(/it ended after 1 operations and had begun 2/);
});

test('a body that is entered again is told the times that it was told', async () => {
  let now = 1000;
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
  const bodyOf = async (journal: Journal, seen: number[]): Promise<void> => {
    seen.push(journal.timeTold(now));
    await journal.settle('tool', async () => 1, always);
    seen.push(journal.timeTold(now));
    await journal.settle('wait', () => new Promise(() => undefined), always);
  };
  const seen: number[] = [];
  const first = new Journal('1.0');
  void bodyOf(first, seen);
  now = 2000;
  await new Promise(setImmediate);
  const again: number[] = [];
  now = 9000;
  const second = new Journal('1.0', carriedFrom(first), { began: first.began });
  void bodyOf(second, again);
  await new Promise(setImmediate);
  expect(again).toEqual(seen);
  now = 9001;
  expect(second.timeTold(now)).toBe(now);
  clock.mockRestore();
});

/** Two lines of work side by side; the second one ends first, and each begins another operation when it has ended. */
async function sideBySide(
  journal: Journal,
  first: Promise<string>,
  second: Promise<string>,
  seen: string[],
): Promise<void> {
  const line = async (name: string, ends: Promise<string>): Promise<void> => {
    seen.push(`${name} ${await journal.settle('tool', () => ends, always)}`);
    seen.push(`${name} then ${journal.perform('random', () => name)}`);
    await journal.settle('wait', () => new Promise(() => undefined), always);
  };
  await Promise.all([line('a', first), line('b', second)]);
}

test('operations that ran side by side keep their numbers, whichever ended first', async () => {
  const seen: string[] = [];
  let endFirst = (_value: string): void => undefined;
  const first = new Promise<string>((resolve) => (endFirst = resolve));
  const journal = new Journal('1.0');
  void sideBySide(journal, first, Promise.resolve('two'), seen);
  await new Promise(setImmediate);
  endFirst('one');
  await new Promise(setImmediate);
  const lines = ['b two', 'b then b', 'a one', 'a then a'];
  expect(seen).toEqual(lines);

  const again: string[] = [];
  const never = new Promise<string>(() => undefined);
  void sideBySide(
    new Journal('1.0', JSON.parse(JSON.stringify(journal.entries)) as typeof journal.entries),
    never,
    never,
    again,
  );
  await new Promise(setImmediate);
  expect(again).toEqual(lines);
});

/** As they travel to where the body is entered again. */
function carriedFrom({ entries }: Journal): typeof entries {
  return JSON.parse(JSON.stringify(entries)) as typeof entries;
}

/** Lines side by side, each of one operation and then another; `first` is what the first ones do. */
async function manyLines(
  journal: Journal,
  first: readonly (() => Promise<string>)[],
  seen: string[],
  pauses = 0,
): Promise<void> {
  const line = async (effect: () => Promise<string>, nth: number): Promise<void> => {
    const given = await journal.settle('tool', effect, always).catch((error: Error) => error.message);
    seen.push(`${nth} ${given}`);
    for (let tick = 0; nth === 0 && tick < pauses; tick += 1) await Promise.resolve();
    await journal.settle('wait', async ({ id }) => await new Promise(() => seen.push(`${nth} waits as ${id}`)), always);
  };
  await Promise.all(first.map(line));
}

const never = (): Promise<string> => new Promise(() => undefined);
const notAgain = async (): Promise<string> => 'again';

test.each([
  ['gives something', async (): Promise<string> => 'late'],
  ['fails', async (): Promise<string> => await Promise.reject(new Error('late'))],
])('what is taken up again and at once %s comes after all that came before', async (_how, late) => {
  const before: string[] = [];
  const first = new Journal('1.0');
  void manyLines(first, [never, async () => 'one', async () => 'two', async () => 'three'], before);
  await new Promise(setImmediate);

  const seen: string[] = [];
  const second = new Journal('1.0', carriedFrom(first));
  void manyLines(second, [late, notAgain, notAgain, notAgain], seen);
  await new Promise(setImmediate);
  const given = (lines: readonly string[]): readonly string[] => lines.filter((line) => !line.includes('waits'));
  expect(given(seen)).toEqual([...given(before), '0 late']);
  expect(seen).toContain('0 waits as 1.0.7');
  expect(second.entries.map(({ ended }) => ended)).toEqual([3, 0, 1, 2, undefined, undefined, undefined, undefined]);

  const again: string[] = [];
  void manyLines(new Journal('1.0', carriedFrom(second)), [notAgain, notAgain, notAgain, notAgain], again);
  await new Promise(setImmediate);
  expect(again).toEqual(seen);
});

test('what is taken up again and ends at once waits until all that had begun has begun again', async () => {
  const pauses = 20;
  const first = new Journal('1.0');
  void manyLines(first, [async () => 'one', never], [], pauses);
  await new Promise(setImmediate);

  const seen: string[] = [];
  const second = new Journal('1.0', carriedFrom(first));
  void manyLines(second, [notAgain, async () => 'late'], seen, pauses);
  for (let tick = 0; tick < pauses / 2; tick += 1) await Promise.resolve();
  // Taken now, a context has it already.
  expect(seen).toEqual(['0 one']);
  expect(second.entries[1]).toMatchObject({ kind: 'tool', after: 0, outcome: { value: 'late' }, ended: 1 });
  await new Promise(setImmediate);
  expect(seen).toEqual(['0 one', '0 waits as 1.0.2', '1 late', '1 waits as 1.0.3']);
});
