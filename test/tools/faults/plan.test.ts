import { expect, test } from '@jest/globals';
import { planOf } from '../../../tools/faults/play';
import { faultName } from '../../../tools/faults/plan';
import type { ScenarioOptions } from '../../../tools/faults/scenario';

const OPTIONS: ScenarioOptions = {
  scenario: 'mixed',
  seed: 7,
  runs: 200,
  faults: 60,
  lanes: 1,
  server: 'production',
  folder: '/nowhere',
  say: () => undefined,
};

test('a seed decides runs, answers and faults; another seed decides otherwise', () => {
  expect(planOf(OPTIONS)).toEqual(planOf(OPTIONS));
  expect(planOf({ ...OPTIONS, seed: 8 }).faults).not.toEqual(planOf(OPTIONS).faults);
});

test('faults come in order, while there are answers to meet, and every kind of them comes', () => {
  const { faults, acts } = planOf(OPTIONS);
  const places = faults.map(({ at }) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places.at(-1)).toBeLessThanOrEqual(acts);
  expect(new Set(faults.map(faultName))).toEqual(
    new Set([
      ...['worker', 'server', 'database', 'driver', 'model'].map((victim) => `kill ${victim}`),
      ...['worker', 'server', 'database'].map((victim) => `freeze ${victim}`),
      ...['drop', 'delay', 'stall', 'half-open'].flatMap((kind) => [
        `${kind} workers' connections`,
        `${kind} clients' connections`,
      ]),
    ]),
  );
});

test('runs of every kind are played, and some that nobody answers', () => {
  const { plans } = planOf(OPTIONS);
  expect(new Set(plans.map(({ kind }) => kind))).toEqual(new Set(['agent', 'conversation', 'nested', 'hand-written']));
  expect(plans.some(({ isToEnd }) => !isToEnd)).toBe(true);
});
