/**
 * Server process: a child process that never outlives this one.
 *
 * A shell starts a watchdog and then becomes the server. The watchdog reads a pipe whose other end only we hold: when
 * we end in any way, the system closes it and the watchdog kills the server. A line on the pipe means that the server
 * has ended. The server has its own process group, so Ctrl-C reaches only us.
 *
 * Windows has no such shell: there the server ends when we exit, but not when we are killed.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Environment } from '../connection';

export interface ServerProcess {
  /** Rejects when the process ends unasked; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

interface SpawnOptions {
  readonly env: Environment;
  /** Ends by SIGTERM, which takes a second, instead of SIGKILL: for a server with a file to close. */
  readonly endsGently: boolean;
}

const WATCHED = '(read -r line <&3 || kill -9 $$) >/dev/null 2>&1 & exec "$@" 3<&-';
const IS_WATCHED = process.platform !== 'win32';
/** A process that was asked to end is killed after this. */
const GENTLE_LIMIT_MS = 10_000;
/** How much of its first output is kept for the error: a crash names its reason before its stacks. */
const LIMIT_OUTPUT_CHARACTERS = 2000;

/** Starts a program that serves until stopped. It does not keep this process alive. */
export function spawnServer(path: string, args: readonly string[], options: SpawnOptions): ServerProcess {
  const [command, commandArgs] = IS_WATCHED ? ['/bin/sh', ['-c', WATCHED, 'sh', path, ...args]] : [path, args];
  const child = spawn(command, commandArgs, {
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: IS_WATCHED,
    windowsHide: true,
  });
  const lifeline = child.stdio[3];
  let output = '';
  const keep = (text: string) => {
    if (output.length < LIMIT_OUTPUT_CHARACTERS) output = (output + text).slice(0, LIMIT_OUTPUT_CHARACTERS);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  const killAtExit = () => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  for (const stream of [child.stdout, child.stderr, lifeline]) if (stream instanceof Socket) stream.unref();
  child.unref();

  // The pipe counts as open until the watchdog has ended, and `close` waits for that.
  child.once('exit', () => {
    process.off('exit', killAtExit);
    if (lifeline instanceof Socket) lifeline.on('error', () => undefined).end('ended\n');
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  const failed = ended.then((how): never => {
    throw new Error(`${how}. ${output.trim()}`);
  });
  failed.catch(() => undefined);

  return {
    failed,
    async stop() {
      child.ref();
      child.kill(options.endsGently ? 'SIGTERM' : 'SIGKILL');
      const tooLong = setTimeout(() => child.kill('SIGKILL'), GENTLE_LIMIT_MS);
      await ended;
      clearTimeout(tooLong);
    },
  };
}
