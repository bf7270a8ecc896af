/**
 * Memory: what of a conversation the model is told, when a definition limits it.
 *
 * The rule: all, while it fits. Then whole turns go, oldest first; then the oldest steps of the turn that
 * is open. Its user message and its last step always stay, and a tool call is never parted from its results.
 *
 * @module
 */
import { byteLength } from '../protocol';
import type { Message, Transcript } from './transcript';

export interface MemoryOptions {
  /**
   * Tokens of the conversation that a model call is told at most, beside prompts and tools; estimated as one token for
   * every 4 bytes of UTF-8, and 4 for each message.
   */
  readonly tokenLimit: number;
  /**
   * What becomes of what does not fit. `drop`: it is not told any more. `summarize`: the agent's model is asked to
   * summarize it, by a model call of its own; the conversation is then cut to half of the limit, so that it is seldom
   * asked. Default: `drop`.
   */
  readonly overflow?: 'drop' | 'summarize';
}

/** What a model call is told. */
export interface Told {
  /** Of the messages before; none when there were none, or they were dropped. */
  readonly summary?: string;
  /** Index of the open turn's user message, when it comes before `from`: told first. */
  readonly task?: number;
  /** Index of the first message after that. */
  readonly from: number;
}

/** A summary longer than this part of the limit is cut. */
const SUMMARY_PART = 1 / 4;
const BYTES_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;

export class Memory {
  readonly #transcript: Transcript;
  readonly #options: MemoryOptions | undefined;
  /** Estimates, by the index of the message. */
  readonly #tokens: number[] = [];
  #summary: string | undefined;
  #from = 0;

  /** @param options None: everything is told. */
  constructor(transcript: Transcript, options: MemoryOptions | undefined) {
    this.#transcript = transcript;
    this.#options = options;
  }

  get summarizes(): boolean {
    return this.#options?.overflow === 'summarize';
  }

  get told(): Told {
    const task = this.#transcript.lastUserMessage;
    return {
      from: this.#from,
      ...(task < 0 || task >= this.#from ? {} : { task }),
      ...(this.#summary === undefined ? {} : { summary: this.#summary }),
    };
  }

  /** The told messages themselves. */
  messages(): readonly Message[] {
    const { from, task } = this.told;
    const all = this.#transcript.all();
    return [...(task === undefined ? [] : [all[task] as Message]), ...all.slice(from)];
  }

  /** The index before which messages must go, or undefined when all fit, or no more can go. */
  overflow(): number | undefined {
    if (this.#options === undefined) return undefined;
    this.#count();
    const { tokenLimit } = this.#options;
    if (this.#tokensFrom(this.#from) <= tokenLimit) return undefined;
    return this.#cut(this.summarizes ? tokenLimit / 2 : tokenLimit);
  }

  /** The same, for whatever limit: the index before which messages must go to leave so many bytes. */
  cutTo(bytes: number): number | undefined {
    this.#count();
    return this.#cut(bytes / BYTES_PER_TOKEN);
  }

  #count(): void {
    const all = this.#transcript.all();
    for (let nth = this.#tokens.length; nth < all.length; nth += 1) this.#tokens.push(tokensOf(all[nth] as Message));
  }

  #cut(tokens: number): number | undefined {
    const task = this.#transcript.lastUserMessage;
    const cuts = this.#transcript.all().flatMap(({ role }, nth) => {
      if (nth <= this.#from || (nth <= task ? role !== 'user' : role === 'tool')) return [];
      return [nth];
    });
    return cuts.find((cut) => this.#tokensFrom(cut) <= tokens) ?? cuts.at(-1);
  }

  /** Tell only the messages from here on. @param summary Of all before; none: what it was. */
  forget(before: number, summary?: string): void {
    this.#from = before;
    if (summary !== undefined) this.summarize(summary);
  }

  /** What came before the first message. */
  summarize(summary: string): void {
    const most = Math.floor((this.#options?.tokenLimit ?? Number.POSITIVE_INFINITY) * SUMMARY_PART * BYTES_PER_TOKEN);
    this.#summary = summary.slice(0, most);
  }

  #tokensFrom(from: number): number {
    const task = this.#transcript.lastUserMessage;
    const summary = this.#summary === undefined ? 0 : estimate(this.#summary);
    const first = task >= 0 && task < from ? (this.#tokens[task] ?? 0) : 0;
    return this.#tokens.slice(from).reduce((sum, tokens) => sum + tokens, summary + first);
  }
}

function tokensOf(message: Message): number {
  const calls = 'toolCalls' in message ? message.toolCalls : [];
  const texts = [message.content, ...calls.map(({ name, args }) => name + JSON.stringify(args))];
  return texts.reduce((sum, text) => sum + estimate(text), 0);
}

function estimate(text: string): number {
  return Math.ceil(byteLength(text) / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE;
}
