/**
 * The built command line as a process, read and typed to as a person would.
 *
 * Waiting is for what it prints or for its end, never for time.
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach } from '@jest/globals';

const ROOT = join(__dirname, '../..');
export const COUNTERSIGN = join(ROOT, 'dist/cli/main.js');
export const WORKER = join(ROOT, 'build/examples/worker.js');
export const EXAMPLE = join(ROOT, 'build/examples/human-in-the-loop/workflows.js');

const SCRIPT = 'script';

/** Whether util-linux's `script` is here: it gives a process a terminal without anything to be compiled. */
export const HAS_TERMINAL =
  spawnSync(SCRIPT, ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

export interface ProgramOptions {
  /** Added to an environment without model settings; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether it has a terminal. Default: none. */
  readonly terminal?: boolean;
  /** Before the program itself: options of Node's. */
  readonly node?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<Program>();

afterEach(() => {
  for (const program of running) program.kill('SIGKILL');
});

export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #watchers = new Set<() => void>();

  constructor(file: string, args: readonly string[], { env = {}, terminal = false, node = [] }: ProgramOptions = {}) {
    const command = [process.execPath, ...node, file, ...args];
    const [first, ...rest] = terminal ? [SCRIPT, '-qfec', command.map(quoted).join(' '), '/dev/null'] : command;
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, OPENAI_MODEL: _model, ...inherited } = process.env;
    this.#process = spawn(first as string, rest, { cwd: ROOT, env: { ...inherited, TERM: 'xterm', ...env } });
    running.add(this);
    const read = (stream: 'stdout' | 'stderr') => (text: string) => {
      this[stream] += text;
      for (const look of this.#watchers) look();
    };
    this.#process.stdout.setEncoding('utf8').on('data', read('stdout'));
    this.#process.stderr.setEncoding('utf8').on('data', read('stderr'));
    this.#process.stdin.on('error', () => undefined); // It may be gone when we type.
    if (!terminal) this.#process.stdin.end();
    this.ended = new Promise((resolve) => {
      this.#process.once('close', (code) => {
        running.delete(this);
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        for (const look of this.#watchers) look();
      });
    });
  }

  /** Wait until it has printed these, one after the other. Fails when it ends before. */
  async prints(...texts: readonly string[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        const isThere = hasInOrder(this.stdout, texts);
        if (!isThere && running.has(this)) return;
        this.#watchers.delete(look);
        if (isThere) resolve();
        else reject(new Error(`It ended without printing ${texts.join(', then ')}:\n${this.stdout}${this.stderr}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Type at its terminal. */
  type(keys: string): void {
    this.#process.stdin.write(keys);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

export const ENTER = '\r';
export const CTRL_C = '\u0003';

export function countersign(args: readonly string[], options?: ProgramOptions): Program {
  return new Program(COUNTERSIGN, args, options);
}

/** A task queue of a test's own. */
export function ownQueue(): string {
  return `cli-${crypto.randomUUID()}`;
}

/** What a terminal would show at the end: what was written over is gone, and so is what it obeyed. */
export function shown(output: string): string {
  const lines = output.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => stripVTControlCharacters(line.split('\u001b[1G').at(-1) ?? '')).join('\n');
}

function hasInOrder(output: string, texts: readonly string[]): boolean {
  let from = 0;
  return texts.every((text) => {
    const at = output.indexOf(text, from);
    from = at + text.length;
    return at >= 0;
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
