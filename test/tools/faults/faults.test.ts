import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const PROGRAM = join(__dirname, '../../../build/tools/faults/main.js');

test('what is misspelt ends with code 2 and what there is, before anything is started', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, '--scenario', 'mxied'], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--scenario takes one of mixed, clock, disk, restore, not "mxied".');
});
