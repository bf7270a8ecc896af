import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { countEffects, recordEffect } from '../../../tools/conformance/effects';

const folder = mkdtempSync(join(tmpdir(), 'countersign-effects-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an effect whose attempt was lost and repeated is one, an operation that was performed again is two', () => {
  const record = (name: string, key: string, attempt: number): void =>
    recordEffect(folder, 'one', { name, key, attempt });
  record('lost', 'run:1.0.0', 1);
  record('lost', 'run:1.0.0', 2);
  record('again', 'run:1.0.1', 1);
  record('again', 'run:1.0.1', 1);
  record('other', 'run:1.0.2', 1);
  record('other', 'run:2.0.0', 1);
  expect(countEffects(folder, 'one')).toEqual({ lost: 1, again: 2, other: 2 });
});

test('a scenario without effects has none', () => {
  expect(countEffects(folder, 'nobody')).toEqual({});
});
