/**
 * Project: a folder outside of this repository that has the package as npm would install it.
 *
 * The packed files are its own; what they depend on is linked from here, so that it takes a second and no registry.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Files, Kind } from './readme-programs';

const run = promisify(execFile);
const root = join(__dirname, '../..');
const modules = join(root, 'node_modules');

export interface Project {
  readonly folder: string;
  /** Where its sources are. */
  readonly sources: string;
  /** Where what Node runs is: the compiled sources, or the sources. */
  readonly programs: string;
  /** Extension of what Node runs. */
  readonly extension: '.js' | '.mjs' | '.ts';
}

/** The package as it is published, unpacked. What is in dist/ is packed: build before. */
export async function packPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-packed-'));
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root });
  const [tarball = ''] = readdirSync(folder);
  await run('tar', ['-xf', join(folder, tarball), '-C', folder]);
  return join(folder, 'package');
}

/** @param installed A node_modules folder whose packages go before those of this repository. */
export function makeProject(kind: Kind, files: Files, packed: string, installed?: string): Project {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-project-'));
  // A document's programs are named by their place in the project when they have one.
  const inPlace = [...files.keys()].some((name) => name.includes('/'));
  const sources = inPlace ? folder : join(folder, 'src');
  for (const [name, code] of files) {
    mkdirSync(dirname(join(sources, name)), { recursive: true });
    writeFileSync(join(sources, name), code);
  }
  const type = kind === 'ES modules' ? 'module' : 'commonjs';
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, type }));
  if (installed !== undefined) linkPackages(installed, join(folder, 'node_modules'));
  linkPackages(modules, join(folder, 'node_modules'));
  cpSync(packed, join(folder, 'node_modules/countersign'), { recursive: true });
  return kind === 'plain JavaScript'
    ? { folder, sources, programs: sources, extension: '.mjs' }
    : { folder, sources, programs: join(folder, 'out'), extension: '.js' };
}

export function removeProject({ folder }: Pick<Project, 'folder'>): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * What `tsc --init` writes, and no more than a project with Node must change in it.
 *
 * @param typescript The folder of the compiler. Default: this repository's.
 * @throws Error with what the compiler says.
 */
export async function compile(
  { folder }: Project,
  kind: Kind,
  options: object = {},
  typescript = join(modules, 'typescript'),
): Promise<void> {
  const tsc = join(typescript, 'bin/tsc');
  // TypeScript refuses `import` in CommonJS files under it.
  const commonjs = kind === 'CommonJS' ? { verbatimModuleSyntax: false } : {};
  const compilerOptions = { types: ['node'], rootDir: 'src', outDir: 'out', ...commonjs, ...options };
  const config = { extends: './tsconfig.json', compilerOptions, include: ['src'] };
  writeFileSync(join(folder, 'tsconfig.project.json'), JSON.stringify(config));
  try {
    rmSync(join(folder, 'tsconfig.json'), { force: true });
    await run(process.execPath, [tsc, '--init'], { cwd: folder });
    await run(process.execPath, [tsc, '-p', 'tsconfig.project.json'], { cwd: folder });
  } catch (error) {
    throw new Error(`A project in ${kind} does not compile: ${(error as { stdout: string }).stdout}`, { cause: error });
  }
}

function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith('.') || name === 'countersign') continue;
    if (name.startsWith('@')) linkPackages(join(from, name), join(to, name));
    else {
      try {
        symlinkSync(join(from, name), join(to, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}
