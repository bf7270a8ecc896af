/**
 * Find Temporal: finds a dev server or binary, and gets one where there is none.
 *
 * Nobody must install anything before a first run, and an existing server or binary is never replaced: the order is
 * that of `findTemporal`. Slow steps report progress.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Environment, setting } from '../connection';
import { BUILT_NAME, buildTemporal, downloadTemporal } from './install-temporal';
import { progressLog } from './progress-log';
import { checkOptions, errorText, KINDS, type OptionTable } from '../protocol';
import { runCommand } from './run-command';

export interface FindTemporalOptions {
  /**
   * One line about slow work, without a newline; repeated every 1.5 s with other numbers. Default: to stderr, every 15
   * s.
   */
  readonly onProgress?: (line: string) => void;
  /** Default: `process.env`. */
  readonly env?: Environment;
}

const OPTIONS: OptionTable<FindTemporalOptions> = { onProgress: KINDS.code, env: KINDS.object };

/** A running server, or a `temporal` binary that can run one. */
export type FoundTemporal =
  | { readonly kind: 'running'; readonly address: string }
  | { readonly kind: 'binary'; readonly path: string };

/**
 * Finds Temporal: the first of these that works.
 *
 * 1. `TEMPORAL_ADDRESS`: a server that runs already. It is taken at its word here, not asked.
 * 2. `temporal` on `PATH`.
 * 3. A binary from an earlier time: ours in `$XDG_CACHE_HOME` (or `~/.cache`) `/countersign/bin`, or
 *    the Temporal SDK's own in the folder for temporary files.
 * 4. The SDK's download (fails at once where there is no internet).
 * 5. A build from source with Go, kept in our folder of 3: up to 5 minutes the first time, with progress.
 *
 * @throws Error when none works, with what was tried and what to do.
 */
export async function findTemporal(options: FindTemporalOptions = {}): Promise<FoundTemporal> {
  checkOptions('findTemporal', options, OPTIONS);
  const { env = process.env, onProgress = progressLog((line) => process.stderr.write(`${line}\n`)) } = options;
  const address = setting(env, 'TEMPORAL_ADDRESS');
  if (address !== undefined) return { kind: 'running', address };
  const cacheFolder = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'countersign', 'bin');
  const temporaryFolder = env.TMPDIR || tmpdir();
  const sources: readonly Source[] = [
    ['temporal on PATH', async () => onPath(env)],
    [`a binary kept in ${cacheFolder}`, async () => [join(cacheFolder, BUILT_NAME)]],
    [`a binary kept in ${temporaryFolder} by the Temporal SDK`, () => keptBySdk(temporaryFolder)],
    [
      'the download of the Temporal SDK',
      async () => {
        await downloadTemporal({ env, onProgress });
        return keptBySdk(temporaryFolder);
      },
    ],
    ['a build with Go', async () => [await buildTemporal({ env, onProgress, folder: cacheFolder })]],
  ];
  const tried: string[] = [];
  for (const [name, candidates] of sources) {
    const outcome = await firstThatRuns(candidates, env);
    if ('path' in outcome) return { kind: 'binary', path: outcome.path };
    tried.push(`- ${name}: ${outcome.failure}`);
  }
  throw new Error(
    'No Temporal dev server was found, and none could be installed. Install the Temporal CLI ' +
      '(https://docs.temporal.io/cli) so that `temporal` is on PATH, or set TEMPORAL_ADDRESS=host:port to use ' +
      `a server that is already running. Tried:\n${tried.join('\n')}`,
  );
}

type Source = readonly [name: string, candidates: () => Promise<readonly string[]>];

const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

async function firstThatRuns(
  candidates: Source[1],
  env: Environment,
): Promise<{ readonly path: string } | { readonly failure: string }> {
  const failures: string[] = [];
  const failed = (error: unknown) => failures.push(errorText(error));
  const paths = await candidates().catch((error: unknown) => {
    failed(error);
    return [];
  });
  for (const path of paths.filter((path) => existsSync(path))) {
    try {
      const { output } = await runCommand(path, ['--version'], { env, timeoutMs: 10_000 });
      if (output.startsWith('temporal version')) return { path };
      failures.push(`${path} does not call itself Temporal: ${output.slice(0, 100)}`);
    } catch (error) {
      failed(error);
    }
  }
  return { failure: failures.join('; ') || 'not there' };
}

function onPath(env: Environment): readonly string[] {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, EXECUTABLE));
}

/** Newest version first. The SDK documents the name; in folders where others may write, only our own files are run. */
async function keptBySdk(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const kept = names.filter((name) => /^temporal-sdk-typescript-[\d.]+(\.exe)?$/.test(name)).sort();
  const paths = kept.reverse().map((name) => join(folder, name));
  return paths.filter((path) => process.getuid === undefined || statSync(path).uid === process.getuid());
}
