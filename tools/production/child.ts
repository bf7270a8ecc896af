/**
 * Child: a server of ours in a process of its own, that can be killed, frozen and started again.
 *
 * It never outlives us, however we end: a watchdog beside it reads from a pipe that only we hold, and kills it
 * when the system closes that. It is in a process group of its own, so that Ctrl-C reaches us and not it.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it says is appended to this file. */
  readonly logFile: string;
  /** That ends it in order. Default: SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
}

const WATCHED = '(read -r line <&3 || kill -s KILL -- -$$) >/dev/null 2>&1 & exec "$@" 3<&-';
/** After this, a process that was asked to end is killed. */
const GENTLE_LIMIT_MS = 15_000;

/** So many starts in so short a time: it cannot run. */
const GIVEN_UP_AFTER = 100;
const GIVEN_UP_WITHIN_MS = 30_000;

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  readonly #startedAt: number[] = [];

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get hasRun(): boolean {
    return this.#process !== undefined;
  }

  /**
   * Nothing when it runs.
   *
   * @throws Error with the end of its log, when it has ended a hundred times within half a minute.
   */
  start(): void {
    if (this.isRunning) return;
    const earlier = this.#startedAt.at(-GIVEN_UP_AFTER);
    if (earlier !== undefined && Date.now() - earlier < GIVEN_UP_WITHIN_MS) throw new Error(this.#lastWords());
    const { command, args, env = process.env, logFile } = this.#options;
    const log = openSync(logFile, 'a');
    const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', command, ...args], {
      env: { ...env },
      stdio: ['ignore', log, log, 'pipe'],
      detached: true,
    });
    closeSync(log);
    this.#startedAt.push(Date.now());
    child.once('exit', () => {
      const lifeline = child.stdio[3];
      if (lifeline && 'end' in lifeline) lifeline.on('error', () => undefined).end('ended\n');
    });
    this.#process = child;
  }

  /** It stops where it is, with all processes it has begun, and keeps its connections. Nothing when it does not run. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  /** It goes on where it was frozen. */
  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** As a crash or the kernel ends it, with its process group. What has left that, as PostgreSQL's backends do, ends by itself. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** In order; killed when it takes too long. */
  async stop(): Promise<void> {
    const tooLong = setTimeout(() => void this.#end('SIGKILL'), GENTLE_LIMIT_MS);
    await this.#end(this.#options.stopSignal ?? 'SIGTERM');
    clearTimeout(tooLong);
  }

  #lastWords(): string {
    const { command, logFile } = this.#options;
    return `${command} ends as soon as it is started. The end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-1000)}`;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process?.pid !== undefined && this.isRunning) process.kill(-this.#process.pid, signal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || !this.isRunning) return;
    const ended = once(child, 'exit');
    // The whole group when it is to die at once; in order, the first of it ends the others.
    if (signal === 'SIGKILL') process.kill(-child.pid, signal);
    else child.kill(signal);
    await ended;
  }
}
