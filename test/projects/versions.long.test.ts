import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { Play } from './play';
import { compile, makeProject, packPackage, type Project, removeProject } from './project';
import { type Kind, shownPrograms, writtenFor } from './readme-programs';
import { vitestFiles } from './testing-guide';
import { TYPES } from './types-program';

/*
 * Other Nodes, TypeScripts, openai clients and test runners than this repository's own, from the registry.
 */

const run = promisify(execFile);
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'countersign-versions-'));
const installed = join(folder, 'node_modules');
const readme = shownPrograms();
const projects: Project[] = [];
let packed: string;
let model: ScriptedModel;

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const packages = [
    'openai@7',
    'typescript5@npm:typescript@5.9',
    'tsx@4',
    'vitest@4',
    ...[22, 24].map((version) => `node${version}@npm:node-${platform}@${version}`),
    `node20@npm:node-${platform}@20.19`,
  ];
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  [packed, model] = await Promise.all([packPackage(), startScriptedModel(), run('npm', install, { cwd: folder })]);
}, 300_000);

afterAll(async () => {
  await model.close();
  for (const project of [{ folder }, { folder: join(packed, '..') }, ...projects]) removeProject(project);
});

function makeReadme(kind: Kind, packages?: string): Project {
  const project = makeProject(kind, writtenFor(kind, new Map([...readme, ...TYPES])), packed, packages);
  projects.push(project);
  return project;
}

async function playAll(play: Play): Promise<void> {
  try {
    play.start('worker');
    const [client, reviewer, { taken }] = await Promise.all([play.client(), play.reviewer(), play.form()]);
    expect(client).toContain('Dangerous task completed successfully.');
    expect(reviewer).toContain('Dangerous task completed successfully.');
    expect(taken).toContain('Thank you.');
  } finally {
    await play.stop();
  }
}

test.each<[string, Kind, string]>([
  ['20.19', 'CommonJS', 'node20'],
  ['20.19', 'ES modules', 'node20'],
  ['22', 'CommonJS', 'node22'],
  ['22', 'ES modules', 'node22'],
  ['24', 'CommonJS', 'node24'],
  ['24', 'ES modules', 'node24'],
  ['24', 'plain JavaScript', 'node24'],
])(
  'README’s programs run on Node %s in %s, compiled by TypeScript 5.9, with openai 7',
  async (_version, kind, node) => {
    const project = makeReadme(kind, installed);
    if (kind !== 'plain JavaScript') await compile(project, kind, {}, join(installed, 'typescript5'));
    await playAll(new Play(project, model.url, [join(installed, node, 'bin/node')]));
  },
  120_000,
);

test.each<Kind>(['CommonJS', 'ES modules'])(
  'README’s programs run under tsx in %s',
  async (kind) => {
    const { sources } = makeReadme(kind);
    const tsx = [process.execPath, join(installed, 'tsx/dist/cli.mjs')];
    await playAll(new Play({ programs: sources, extension: '.ts' }, model.url, tsx));
  },
  120_000,
);

test.each<[string, Kind]>([
  ['20.19', 'ES modules'],
  ['24', 'CommonJS'],
])(
  'the tests of docs/testing.md pass in vitest on Node %s in %s',
  async (version, kind) => {
    const project = makeProject(kind, vitestFiles(), packed, installed);
    projects.push(project);
    const node = join(installed, `node${version.slice(0, 2)}`, 'bin/node');
    const vitest = [join(installed, 'vitest/vitest.mjs'), 'run'];
    const { stdout } = await run(node, vitest, {
      cwd: project.folder,
      env: { ...process.env, VITEST: undefined, NO_COLOR: '1' },
    });
    expect(stdout).toMatch(/Tests +2 passed \(2\)/);
  },
  120_000,
);

test('README’s other workers start: with tools of its own, and with a model of its own', async () => {
  const project = makeReadme('ES modules');
  await compile(project, 'ES modules');
  const play = new Play(project, model.url);
  const [mail, local] = [play.start('start-mail'), play.start('start-local')];
  expect(await mail.ended()).toContain('started mailWorker');
  expect(await local.ended()).toContain('started localWorker');
}, 120_000);
