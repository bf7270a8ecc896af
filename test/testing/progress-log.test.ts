import { expect, test } from '@jest/globals';
import { progressLog } from '../../src/testing';

function logged(said: readonly (readonly [second: number, line: string])[]): readonly string[] {
  const lines: string[] = [];
  let ms = 0;
  const log = progressLog(
    (line) => lines.push(line),
    () => ms,
  );
  for (const [second, line] of said) {
    ms = second * 1000;
    log(line);
  }
  return lines;
}

test('a build of five minutes is a line every 15 s, and its last line is there once', () => {
  const ticks = Array.from({ length: 200 }, (_none, nth) => (nth + 1) * 1.5);
  const lines = logged([
    ...ticks.map(
      (second) =>
        [second, `Building: ${Math.round(second)} s, ${Math.min(1457, Math.round(9 * second))} packages.`] as const,
    ),
    ...[301, 320, 340].map((second) => [second, 'Building: 300 s, 1457 packages.'] as const),
  ]);
  expect(lines.length).toBeLessThanOrEqual(300 / 15 + 1);
  expect(lines.length).toBeGreaterThanOrEqual(300 / 15 - 1);
  expect(new Set(lines).size).toBe(lines.length);
});

test('what says something new is written at once', () => {
  const lines = ['Looking.', 'Downloading: 1 s.', 'Building: 1 s.', 'Looking.'];
  expect(logged(lines.map((line, nth) => [nth / 10, line] as const))).toEqual(lines);
});
