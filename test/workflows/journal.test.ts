import { expect, test } from '@jest/globals';
import { AgentError } from '../../src/protocol';
import { Journal } from '../../src/workflows/journal';

const always = (): boolean => true;

/** A tool body of four operations; `effects` sees what really happens. */
async function body(journal: Journal, effects: string[], answer: () => Promise<string>): Promise<string> {
  const at = journal.perform('now', () => effects.push('now'));
  await journal.settle('tool', async () => effects.push('tool'), always);
  const said = await journal.settle('wait', async (id) => `${id} ${await answer()}`, always);
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
  expect(await body(again, effects, async () => 'no')).toBe('1 1.0.2 no');
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
  const journal = new Journal('1.0', [{ kind: 'wait' }]);
  expect(() => journal.perform('write', () => 1)).toThrow(/other code: operation 0 was "wait" and is now "write"/);
});
