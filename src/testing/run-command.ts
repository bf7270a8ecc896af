/**
 * Run command: runs a program to its end, with progress while it takes long.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import type { Environment } from '../connection';

export interface RunOptions {
  readonly env: Environment;
  /** Killed after this. */
  readonly timeoutMs: number;
  /** Called every 1.5 s while it runs, with the seconds so far and the lines it has printed. */
  readonly whileRunning?: (seconds: number, lines: number) => void;
}

/** The interval of progress: under the two seconds after which people wonder. */
const INTERVAL_MS = 1500;
/** How much output is kept: enough for its last error. */
const LIMIT_OUTPUT_CHARACTERS = 2000;

/**
 * Runs a program without a shell.
 *
 * @returns The end of its stdout and stderr together.
 * @throws Error when it cannot be started, exits with another code than 0, or takes longer than `timeoutMs`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { env, timeoutMs, whileRunning }: RunOptions,
): Promise<{ readonly output: string }> {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const child = spawn(command, args, {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    // Ctrl-C during a build of minutes must end that too.
    const killAtExit = () => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    let output = '';
    let lines = 0;
    const keep = (text: string) => {
      lines += text.split('\n').length - 1;
      output = (output + text).slice(-LIMIT_OUTPUT_CHARACTERS);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    const ticking = whileRunning && setInterval(() => whileRunning(seconds(), lines), INTERVAL_MS);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearInterval(ticking);
      process.off('exit', killAtExit);
      reject(new Error(error.code === 'ENOENT' ? `${command} is not installed` : `${command}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      clearInterval(ticking);
      process.off('exit', killAtExit);
      const last = output.trim();
      if (code === 0) return resolve({ output: last });
      const how = code === null ? `was stopped (${signal}) after ${seconds()} s` : `failed with code ${code}`;
      reject(new Error(`${command} ${how}${last && `: ${last}`}`));
    });
  });
}
