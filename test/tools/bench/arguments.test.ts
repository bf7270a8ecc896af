import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readArguments } from '../../../tools/bench/arguments';
import { figure } from '../../../tools/bench/figure';
import { MEASUREMENTS } from '../../../tools/bench/measurements';

test('without options everything is measured, at a scale of a few minutes', () => {
  expect(readArguments([])).toEqual({
    only: Object.keys(MEASUREMENTS),
    isJson: false,
    isList: false,
    server: [],
    compare: undefined,
    runs: 5,
    atOnce: 1000,
    parked: 2000,
    turns: 1000,
  });
});

test('measurements are chosen by name', () => {
  expect(readArguments(['--only', 'latency,parked', '--parked=10000'])).toMatchObject({
    only: ['latency', 'parked'],
    parked: 10_000,
  });
});

test.each([
  [['--parkde', '3'], /no option --parkde.*--parked/],
  [['--only', 'latency,speed'], /no measurement "speed".*latency/],
  [['latency'], /"latency" is no option/],
  [['--turns', 'many'], /--turns takes a whole number from 8, not "many"/],
  [['--runs', '0'], /--runs takes a whole number from 1, not "0"/],
  [['--only'], /--only takes a value/],
  [['--server', 'partitions'], /--server takes a setting as name=value/],
  [['--json=yes'], /--json takes no value/],
  [['--compare', join(tmpdir(), 'no-such-report.json')], /no such file/],
])('%j is refused in words', (given, message) => {
  expect(() => readArguments(given)).toThrow(message);
});

test('only what --json printed can be compared with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-arguments-'));
  const path = join(folder, 'report.json');
  const figures = [figure({ name: 'history', unit: 'events', ours: [21], bare: [21], isCounted: true })];
  const report = { measuredAt: '2026-01-01T00:00:00.000Z', environment: { cpus: 2 }, scale: {}, figures };
  try {
    writeFileSync(path, JSON.stringify(report));
    expect(readArguments(['--compare', path]).compare).toEqual(report);
    for (const other of ['', '{}', '[]', 'null', '{"environment":{},"figures":[{"name":"history"}]}']) {
      writeFileSync(path, other);
      expect(() => readArguments(['--compare', path])).toThrow(/is not what --json printed/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
