/**
 * Terminal: printed lines, and below them one live line: progress, partial speech, or a question.
 *
 * Everything is printed above the live line. Without a terminal the live line is printed when it changes, and again
 * every 15 s.
 *
 * @module
 */
import { clearLine, cursorTo } from 'node:readline';
import { progressLog } from '../testing';
import { type Paint, paintFor } from './paint';
import { Prompt } from './prompt';
import { ending, oneLine } from './text';

/** The line width without a terminal. Unit: columns. */
const LOG_COLUMNS = 160;
/** Unit: columns. */
const NAME_COLUMNS = 10;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
/** Unit: milliseconds. */
const FRAME_MS = 100;
/** Shorter work is not logged. Unit: milliseconds. */
const LOG_MS = 1500;

export class Terminal {
  readonly paint: Paint;
  readonly #out = process.stdout;
  readonly #log = progressLog((line) => this.#out.write(`${line}\n`));
  #busy: { text: string; readonly isSaid: boolean; readonly since: number; readonly timer: NodeJS.Timeout } | undefined;
  #prompt: Prompt | undefined;

  #isClosed = false;

  /** @param end Closes it. */
  constructor(end: AbortSignal) {
    this.paint = paintFor(this.#out);
    end.addEventListener('abort', () => this.close(), { once: true });
  }

  /** Whether there can be a live line. */
  get isLive(): boolean {
    return this.#out.isTTY === true;
  }

  get columns(): number {
    return (this.#out.isTTY && this.#out.columns) || LOG_COLUMNS;
  }

  /** Prints a line. */
  line(text = ''): void {
    if (this.#prompt !== undefined) {
      this.#prompt.above(() => this.#out.write(`${text}\n`));
      return;
    }
    this.#erase();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  /** Prints a line with a name before it. */
  item(name: string, text: string): void {
    this.line(`${this.paint('bold', name.padEnd(NAME_COLUMNS))}${text}`);
  }

  /** Shows what takes long, until `idle`. A whole sentence, with its full stop, tells its duration itself. */
  busy(text: string): void {
    if (this.#isClosed || this.#busy?.text === text) return;
    this.#keep(text, false, this.isLive ? FRAME_MS : LOG_MS);
    this.#draw(!this.isLive && text.endsWith('.'));
  }

  /** Shows the end of what is being said instead of progress, on a live line only. */
  saying(text: string): void {
    if (this.#isClosed || !this.isLive) return;
    if (this.#busy?.isSaid === true) this.#busy.text = text;
    else this.#keep(text, true, FRAME_MS);
    this.#draw();
  }

  idle(): void {
    if (this.#busy === undefined) return;
    clearInterval(this.#busy.timer);
    this.#erase();
    this.#busy = undefined;
  }

  /**
   * Asks at the keyboard.
   *
   * @returns What was typed; undefined when `signal` withdrew the question.
   * @throws Error when the input has ended.
   */
  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.idle();
    const prompt = new Prompt(question);
    this.#prompt = prompt;
    try {
      return await prompt.answer(signal);
    } finally {
      this.#prompt = undefined;
    }
  }

  /** Ends the live line. A question stays as it stands. */
  close(): void {
    this.#isClosed = true;
    this.idle();
    this.#prompt?.leave();
    this.#prompt = undefined;
  }

  #keep(text: string, isSaid: boolean, everyMs: number): void {
    this.idle();
    const timer = setInterval(() => this.#draw(!this.isLive), everyMs);
    this.#busy = { text, isSaid, since: Date.now(), timer };
  }

  #draw(isLogged = false): void {
    if (this.#busy === undefined) return;
    const { text: told, isSaid, since } = this.#busy;
    const ms = Date.now() - since;
    const text = isSaid || told.endsWith('.') ? told : `${told}… ${Math.floor(ms / 1000)} s`;
    if (isLogged) {
      this.#log(text);
    } else if (this.#out.isTTY) {
      const frame = FRAMES[Math.floor(ms / FRAME_MS) % FRAMES.length] ?? '';
      this.#erase();
      const room = this.columns - 3;
      this.#out.write(
        isSaid
          ? `${this.paint('dim', frame)} ${ending(oneLine(text), room)}`
          : this.paint('dim', `${frame} ${text.slice(0, room)}`),
      );
    }
  }

  #erase(): void {
    if (this.#busy === undefined || !this.#out.isTTY) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
  }
}
