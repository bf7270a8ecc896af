/**
 * Prompt: one question at the keyboard, which can be withdrawn and have lines printed above it.
 *
 * Ctrl-C is handed to the process as the signal it stands for; Ctrl-D is an input that has ended.
 *
 * @module
 */
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';

export class Prompt {
  readonly #question: string;
  readonly #out = process.stdout;
  #keyboard: Interface | undefined;
  #settle: ((typed: string | undefined | Error) => void) | undefined;

  constructor(question: string) {
    this.#question = question;
  }

  /**
   * @returns What was typed, without the line's end; undefined when `signal` withdrew the question.
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
    this.#open('');
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

  /** Leave the question where it stands, and the keyboard. */
  leave(): void {
    if (this.#keyboard === undefined) return;
    this.#close();
    this.#out.write('\n');
  }

  /** Print something above the question; what is typed so far stays. */
  above(print: () => void): void {
    const typed = this.#keyboard?.line ?? '';
    this.#erase();
    this.#close();
    print();
    if (this.#settle !== undefined) this.#open(typed);
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
  }

  #erase(): void {
    if (this.#keyboard === undefined || !this.#out.isTTY) return;
    moveCursor(this.#out, 0, -this.#keyboard.getCursorPos().rows);
    cursorTo(this.#out, 0);
    clearScreenDown(this.#out);
  }
}
