import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { Play } from './play';
import { compile, makeProject, packPackage, type Project, removeProject } from './project';
import { type Kind, shownPrograms, writtenFor } from './readme-programs';
import { TYPES } from './types-program';

const readme = shownPrograms();
let packed: string;
let model: ScriptedModel;

beforeAll(async () => {
  [packed, model] = await Promise.all([packPackage(), startScriptedModel()]);
}, 60_000);

afterAll(async () => {
  await model.close();
  removeProject({ folder: join(packed, '..') });
});

test('the example is the one that is run as the demo', () => {
  const example = readFileSync(join(__dirname, '../../examples/human-in-the-loop/workflows.ts'), 'utf8').replace(
    /^\/\*\*[\s\S]*?\*\/\n/,
    '',
  );
  expect(readme.get('workflows.ts')?.startsWith(example)).toBe(true);
});

describe.each<Kind>(['CommonJS', 'ES modules', 'plain JavaScript'])('a project in %s', (kind) => {
  let project: Project;
  let play: Play;

  beforeAll(async () => {
    project = makeProject(kind, writtenFor(kind, new Map([...readme, ...TYPES])), packed);
    if (kind !== 'plain JavaScript') await compile(project, kind);
    play = new Play(project, model.url);
    play.start('worker');
  }, 60_000);

  afterAll(async () => {
    await play.stop();
    removeProject(project);
  });

  test('runs README’s programs: the keyboard, another agent and a web form answer, which takes nothing from other pages', async () => {
    const [client, reviewer, form] = await Promise.all([play.client(), play.reviewer(), play.form()]);
    expect(client).toMatch(/Are you sure you want to proceed\? .*Dangerous task completed successfully\./s);
    expect(reviewer).toContain('Dangerous task completed successfully.');
    expect(form).toMatchObject({
      question: expect.stringContaining('Are you sure you want to proceed?'),
      refused: expect.stringContaining('takes only an answer with'),
      statuses: [403, 403],
      tooLong: expect.stringContaining('This is too long.'),
      taken: expect.stringContaining('Thank you.'),
      result: expect.stringContaining('Dangerous task aborted.'),
    });
  }, 60_000);
});

test.each<[string, Kind, object]>([
  ['a bundler’s resolution', 'CommonJS', { module: 'esnext', moduleResolution: 'bundler', noEmit: true }],
  ['a bundler’s resolution', 'ES modules', { module: 'preserve', noEmit: true }],
  ['declarations for other projects', 'CommonJS', { composite: true }],
  ['declarations for other projects', 'ES modules', { composite: true }],
])(
  'README compiles with %s in %s',
  async (_what, kind, options) => {
    const project = makeProject(kind, writtenFor(kind, new Map([...readme, ...TYPES])), packed);
    await expect(compile(project, kind, options)).resolves.toBeUndefined();
    removeProject(project);
  },
  60_000,
);
