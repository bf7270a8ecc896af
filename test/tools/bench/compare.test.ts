import { expect, test } from '@jest/globals';
import { compareFigures } from '../../../tools/bench/compare';
import { figure } from '../../../tools/bench/figure';

const bare = [100, 101, 99, 100, 102, 98, 100, 101, 99, 100];

function timed(ours: readonly number[], beside: readonly number[] = bare) {
  return figure({ name: 'answer to result', unit: 'ms', ours, bare: beside });
}

function verdict(before: ReturnType<typeof figure>, now: ReturnType<typeof figure>) {
  return compareFigures([before], [now])[0]?.verdict;
}

test('the same figures are the same', () => {
  expect(verdict(timed(bare), timed(bare))).toBe('same');
});

test('a steady figure that rises by a tenth beside bare is worse, and better when it falls', () => {
  const slower = timed(bare.map((ms) => ms * 1.1));
  expect(verdict(timed(bare), slower)).toBe('worse');
  expect(verdict(slower, timed(bare))).toBe('better');
});

test('a machine that is twice as slow for both is no regression', () => {
  const doubled = bare.map((ms) => ms * 2);
  expect(verdict(timed(bare), timed(doubled, doubled))).toBe('same');
});

test('a rise that is less than the figure’s own unrest is no regression', () => {
  const restless = [60, 140, 80, 150, 70, 130, 90, 60, 150, 120];
  expect(verdict(timed(restless), timed(restless.map((ms) => ms * 1.1)))).toBe('same');
  expect(verdict(timed(restless), timed(restless.map((ms) => ms * 3)))).toBe('worse');
});

test('of runs per second, fewer are worse', () => {
  const perSecond = (ours: readonly number[]) =>
    figure({ name: 'runs', unit: 'runs/s', ours, bare, isPaired: true, better: 'more' });
  expect(verdict(perSecond(bare), perSecond(bare.map((runs) => runs * 0.8)))).toBe('worse');
  expect(verdict(perSecond(bare), perSecond(bare.map((runs) => runs * 1.2)))).toBe('better');
});

test('one more event in a history is a regression, a few more bytes are none', () => {
  const counted = (ours: number) =>
    figure({ name: 'history', unit: 'events', ours: [ours], bare: [21], isCounted: true });
  expect(verdict(counted(21), counted(22))).toBe('worse');
  const bytes = (ours: number) =>
    figure({ name: 'history', unit: 'bytes', ours: [ours], bare: [3584], isCounted: true });
  expect(verdict(bytes(3610), bytes(3622))).toBe('same');
});

test('what was measured once is judged mildly, and what is no number any more is worse', () => {
  const once = (ours: number) => figure({ name: 'worker', unit: 'MB', ours: [ours], bare: [200] });
  expect(verdict(once(200), once(230))).toBe('same');
  expect(verdict(once(200), once(300))).toBe('worse');
  expect(verdict(once(200), once(Number.NaN))).toBe('worse');
});

test('figures that only one report has are left out', () => {
  expect(compareFigures([timed(bare)], [figure({ name: 'another', unit: 'ms', ours: bare, bare })])).toEqual([]);
});
