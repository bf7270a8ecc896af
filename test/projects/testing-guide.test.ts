import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { makeProject, packPackage, removeProject } from './project';
import { jestFiles } from './testing-guide';

test('the tests of docs/testing.md pass in a project that has the package, jest and no flag', async () => {
  const packed = await packPackage();
  const project = makeProject('CommonJS', jestFiles(), packed);
  const jest = { testEnvironment: 'node', transform: { '\\.ts$': '@swc/jest' } };
  writeFileSync(join(project.folder, 'jest.config.json'), JSON.stringify(jest));
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [join(project.folder, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.json', '--maxWorkers', '1'],
    { cwd: project.folder, env: { ...process.env, NODE_OPTIONS: '', JEST_WORKER_ID: undefined } },
  );
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  removeProject(project);
  removeProject({ folder: join(packed, '..') });
}, 120_000);
