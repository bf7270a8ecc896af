/**
 * Prompt: one question at the keyboard, which can be withdrawn and have lines printed above it.
 *
 * What was typed before the question could be read is discarded. Ctrl-C becomes its signal; Ctrl-D ends the input.
 *
 * @module
 */
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { columnsOf } from './text';

/** Nobody reads a question faster. Unit: milliseconds. */
const UNREAD_MS = 400;

export class Prompt {
  readonly #question: string;
  readonly #out = process.stdout;
  #keyboard: Interface | undefined;
  #settle: ((typed: string | undefined | Error) => void) | undefined;
  /** Set while typing is discarded. */
  #unread: { timer: NodeJS.Timeout; readonly drop: (typed: Buffer | string) => void } | undefined;

  constructor(question: string) {
    this.#question = question;
  }

  /**
   * @returns The typed line; undefined when `signal` withdrew the question.
   * @throws Error when the input has ended.
   */
  async answer(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined;
    const withdraw = (): void => {
      const settle = this.#settle;
      this.#settle = undefined; // Nothing opens it again.
      this.#erase();
      this.#close();
      settle?.(undefined);
    };
    const outcome = new Promise<string | undefined | Error>((resolve) => {
      this.#settle = resolve;
    });
    signal.addEventListener('abort', withdraw, { once: true });
    if (process.stdin.isTTY) this.#showUnread();
    else this.#open('');
    try {
      const typed = await outcome;
      if (typed instanceof Error) throw typed;
      return typed;
    } finally {
      signal.removeEventListener('abort', withdraw);
      this.#settle = undefined;
      this.#close();
    }
  }

  /** Leaves the question where it stands, and releases the keyboard. */
  leave(): void {
    if (this.#keyboard === undefined && this.#unread === undefined) return;
    this.#close();
    this.#out.write('\n');
  }

  /** Prints above the question and keeps what is typed. */
  above(print: () => void): void {
    const typed = this.#keyboard?.line ?? '';
    this.#erase();
    if (this.#unread !== undefined) {
      print();
      this.#out.write(this.#question);
      return;
    }
    this.#close();
    print();
    if (this.#settle !== undefined) this.#open(typed);
  }

  /** Shows the question, and listens once nothing has been typed for as long as it takes to read it. */
  #showUnread(): void {
    const { stdin } = process;
    const listen = (): void => {
      this.#erase();
      this.#close();
      this.#open('');
    };
    const drop = (typed: Buffer | string): void => {
      if (typed.includes('\u0003')) process.kill(process.pid, 'SIGINT');
      this.#unread?.timer.refresh();
    };
    this.#out.write(this.#question);
    this.#unread = { timer: setTimeout(listen, UNREAD_MS), drop };
    stdin.setRawMode(true);
    stdin.on('data', drop).resume();
  }

  #open(typed: string): void {
    const keyboard = createInterface({ input: process.stdin, output: this.#out, historySize: 0 });
    this.#keyboard = keyboard;
    keyboard.on('line', (line) => this.#settle?.(line));
    keyboard.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    keyboard.on('close', () => {
      if (this.#keyboard !== keyboard) return;
      this.#out.write('\n');
      this.#settle?.(new Error('The input has ended without an answer: run it in a terminal, or give --answer.'));
    });
    keyboard.setPrompt(this.#question);
    keyboard.prompt();
    if (typed !== '') keyboard.write(typed);
  }

  #close(): void {
    const keyboard = this.#keyboard;
    this.#keyboard = undefined;
    keyboard?.close();
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread === undefined) return;
    clearTimeout(unread.timer);
    process.stdin.off('data', unread.drop).pause();
    process.stdin.setRawMode(false);
  }

  #erase(): void {
    if (!this.#out.isTTY || (this.#keyboard === undefined && this.#unread === undefined)) return;
    const rows =
      this.#keyboard?.getCursorPos().rows ?? Math.floor((columnsOf(this.#question) - 1) / (this.#out.columns || 80));
    moveCursor(this.#out, 0, -rows);
    cursorTo(this.#out, 0);
    clearScreenDown(this.#out);
  }
}
