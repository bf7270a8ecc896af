import { expect, test } from '@jest/globals';
import { planMixed } from './mixed';
import { faultName } from './plan';
import type { ScenarioOptions } from './scenario';

const OPTIONS: ScenarioOptions = {
  ...{ seed: 7, runs: 200, faults: 60, lanes: 1, server: 'production', folder: '/nowhere', say: () => undefined },
};

test('a seed decides runs, answers and faults; another seed decides otherwise', () => {
  expect(planMixed(OPTIONS)).toEqual(planMixed(OPTIONS));
  expect(planMixed({ ...OPTIONS, seed: 8 }).faults).not.toEqual(planMixed(OPTIONS).faults);
});

test('faults come in order, while there are answers to meet, and every kind of them comes', () => {
  const { faults, acts } = planMixed(OPTIONS);
  const places = faults.map(({ at }) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places.at(-1)).toBeLessThanOrEqual(acts);
  expect(new Set(faults.map(faultName))).toEqual(
    new Set([
      ...['worker', 'server', 'database', 'driver', 'model'].map((victim) => `kill ${victim}`),
      ...['worker', 'server', 'database'].map((victim) => `freeze ${victim}`),
      ...['drop', 'delay', 'stall', 'half-open'].flatMap((kind) => [`${kind} workers`, `${kind} clients`]),
    ]),
  );
});

test('runs of every kind are played, and some that nobody answers', () => {
  const { plans } = planMixed(OPTIONS);
  expect(new Set(plans.map(({ kind }) => kind))).toEqual(new Set(['agent', 'conversation', 'nested', 'hand-written']));
  expect(plans.some(({ isToEnd }) => !isToEnd)).toBe(true);
});
