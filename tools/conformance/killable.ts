/**
 * Killable: a process of ours that is started to be killed.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export class Killable {
  readonly child: ChildProcess;
  /** Settles when it has ended, whatever ended it. */
  readonly ended: Promise<void>;
  #isKilled = false;

  /** @param settings Its first argument, as JSON. */
  constructor(module: string, settings: object, env: Readonly<Record<string, string>>) {
    this.child = fork(module, [JSON.stringify(settings)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'], // Our own output is for verdicts alone.
    });
    // When this process ends, so does the child: it sees the channel close.
    this.child.unref();
    this.child.channel?.unref();
    this.ended = once(this.child, 'exit').then(() => undefined);
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** The next message that fits. @throws Error when the process ends before, and was not killed. */
  async told<Message>(fits: (message: unknown) => message is Message): Promise<Message | undefined> {
    return await new Promise((resolve, reject) => {
      const listen = (message: unknown): void => {
        if (!fits(message)) return;
        this.child.off('message', listen).off('exit', end);
        resolve(message);
      };
      const end = (code: number | null): void => {
        this.child.off('message', listen);
        if (this.#isKilled) resolve(undefined);
        else reject(new Error(`A process (${this.child.spawnargs[1]}) ended with code ${code}.`));
      };
      this.child.on('message', listen).once('exit', end);
    });
  }

  /** `kill -9`. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await this.ended;
  }
}
