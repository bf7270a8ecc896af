/**
 * Terminal: lines that stay, and below them one line that lives: what takes long, or a question.
 *
 * Whatever is printed goes above the living line. Without a terminal the living line is printed again
 * every two seconds, so that a log is never silent for longer than that.
 *
 * @module
 */
import { clearLine, cursorTo } from 'node:readline';
import { type Paint, paintFor } from './paint';
import { Prompt } from './prompt';

/** How wide lines are where there is no terminal. Unit: columns. */
const LOG_COLUMNS = 160;
/** Unit: columns. */
const NAME_COLUMNS = 10;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
/** Unit: milliseconds. */
const FRAME_MS = 100;
/** Under the two seconds after which people wonder. Unit: milliseconds. */
const LOG_MS = 1500;
/** The next sentence is expected before that. Unit: milliseconds. */
const SENTENCE_MS = 1900;

export class Terminal {
  readonly paint: Paint;
  readonly #out = process.stdout;
  #busy: { text: string; readonly since: number; readonly timer: NodeJS.Timeout } | undefined;
  #prompt: Prompt | undefined;

  #isClosed = false;

  /** @param end Closes it. */
  constructor(end: AbortSignal) {
    this.paint = paintFor(this.#out);
    end.addEventListener('abort', () => this.close(), { once: true });
  }

  get columns(): number {
    return (this.#out.isTTY && this.#out.columns) || LOG_COLUMNS;
  }

  /** Print a line that stays. */
  line(text = ''): void {
    if (this.#prompt !== undefined) {
      this.#prompt.above(() => this.#out.write(`${text}\n`));
      return;
    }
    this.#erase();
    this.#out.write(`${text}\n`);
    this.#draw();
  }

  /** Print a line with a name before it. */
  item(name: string, text: string): void {
    this.line(`${this.paint('bold', name.padEnd(NAME_COLUMNS))}${text}`);
  }

  /** Say what takes long, until `idle`. A whole sentence, with its full stop, says for itself how long it takes. */
  busy(text: string): void {
    if (this.#isClosed || this.#busy?.text === text) return;
    const isTty = this.#out.isTTY;
    this.idle();
    const logMs = text.endsWith('.') ? SENTENCE_MS : LOG_MS;
    const timer = setInterval(() => this.#draw(!isTty), isTty ? FRAME_MS : logMs);
    this.#busy = { text, since: Date.now(), timer };
    this.#draw(!isTty && text.endsWith('.'));
  }

  idle(): void {
    if (this.#busy === undefined) return;
    clearInterval(this.#busy.timer);
    this.#erase();
    this.#busy = undefined;
  }

  /**
   * Ask at the keyboard.
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

  /** Nothing lives any more; a question stays as it stands. */
  close(): void {
    this.#isClosed = true;
    this.idle();
    this.#prompt?.leave();
    this.#prompt = undefined;
  }

  #draw(isLogged = false): void {
    if (this.#busy === undefined) return;
    const ms = Date.now() - this.#busy.since;
    const said = this.#busy.text;
    const text = said.endsWith('.') ? said : `${said}… ${Math.floor(ms / 1000)} s`;
    if (isLogged) {
      this.#out.write(`${text}\n`);
    } else if (this.#out.isTTY) {
      const frame = FRAMES[Math.floor(ms / FRAME_MS) % FRAMES.length] ?? '';
      this.#erase();
      this.#out.write(this.paint('dim', `${frame} ${text.slice(0, this.columns - 3)}`));
    }
  }

  #erase(): void {
    if (this.#busy === undefined || !this.#out.isTTY) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
  }
}
