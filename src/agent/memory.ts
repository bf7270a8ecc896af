/**
 * Memory: what of a conversation the model is told, when a definition limits it.
 *
 * Everything, while it fits. Then whole turns leave, oldest first, then the oldest steps of the open turn. Leading
 * system messages, the user message of the oldest told turn, and the last step always stay, and a tool call stays with
 * its results.
 *
 * @module
 */
import { byteLength, contentText, cutText, jsonBytes, type ContentPart, type Message } from '../protocol';
import type { Transcript } from './transcript';

export interface MemoryOptions {
  /**
   * Tokens of the conversation in a model call, without prompts and tools. Estimated: one per 4 bytes of UTF-8 and 4 a
   * message; an image counts 1,600 (85 with `detail: 'low'`), audio 500 and a file 3,000, whatever their size.
   */
  readonly tokenLimit: number;
  /**
   * What happens to what does not fit. `drop`: it is not told any more. `summarize`: an extra model call summarizes it
   * and the conversation is cut to half of the limit, so that this is rare. Default: `drop`.
   */
  readonly overflow?: 'drop' | 'summarize';
}

/** What a model call is told. */
export interface Told {
  /** Summary of earlier messages. Absent when there were none, or they were dropped. */
  readonly summary?: string;
  /** Indexes of messages before `from` that are told anyway, first. */
  readonly also: readonly number[];
  /** Index from which all messages are told. */
  readonly from: number;
}

/** A summary longer than this part of the limit is cut. */
const SUMMARY_PART = 1 / 4;
const BYTES_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
/**
 * OpenAI documents 85 tokens for a low-detail image and up to 1,445 otherwise; Anthropic about 1,600 for the largest.
 * Audio that fits into a message lasts less than a minute, at 10 tokens a second. A PDF page has 1,500 to 3,000.
 */
const TOKENS_OF = { lowImage: 85, image: 1600, audio: 500, file: 3000 } as const;

export class Memory {
  readonly #transcript: Transcript;
  readonly #options: MemoryOptions | undefined;
  /** Estimates by message index: the cost of telling a message and of carrying it. */
  readonly #tokens: number[] = [];
  readonly #sizes: number[] = [];
  #summary: string | undefined;
  #from = 0;

  /** @param options Absent: everything is told. */
  constructor(transcript: Transcript, options: MemoryOptions | undefined) {
    this.#transcript = transcript;
    this.#options = options;
  }

  get summarizes(): boolean {
    return this.#options?.overflow === 'summarize';
  }

  get told(): Told {
    return {
      from: this.#from,
      also: this.#also(this.#from, this.#taskOf(this.#from)),
      ...(this.#summary === undefined ? {} : { summary: this.#summary }),
    };
  }

  /** The told messages. */
  messages(): readonly Message[] {
    const { from, also } = this.told;
    const all = this.#transcript.all();
    return from === 0 ? all : [...also.map((nth) => all[nth] as Message), ...all.slice(from)];
  }

  /** The index before which messages must go; undefined when all fit or nothing would be gained. */
  overflow(): number | undefined {
    if (this.#options === undefined) return undefined;
    this.#count();
    const { tokenLimit } = this.#options;
    if (this.#sumFrom(this.#tokens, this.#from) <= tokenLimit) return undefined;
    return this.#cut(this.#tokens, this.summarizes ? tokenLimit / 2 : tokenLimit);
  }

  /** The index before which messages must go to leave that many bytes. */
  cutTo(bytes: number): number | undefined {
    this.#count();
    return this.#cut(this.#sizes, bytes / BYTES_PER_TOKEN);
  }

  /** Tells only messages from here on. @param summary Of everything before. Blank: the earlier summary stays. */
  forget(before: number, summary = ''): void {
    this.#from = before;
    if (summary.trim() !== '') this.summarize(summary);
  }

  /** Sets what came before the first message. */
  summarize(summary: string): void {
    const limit = this.#options?.tokenLimit;
    this.#summary = limit === undefined ? summary : cutText(summary, limit * SUMMARY_PART * BYTES_PER_TOKEN);
  }

  #count(): void {
    const all = this.#transcript.all();
    for (let nth = this.#tokens.length; nth < all.length; nth += 1) {
      const message = all[nth] as Message;
      const words = tokensOfWords(message);
      const parts = mediaOf(message);
      this.#tokens.push(parts.reduce((sum, part) => sum + tokensOf(part), words));
      this.#sizes.push(parts.reduce((sum, part) => sum + jsonBytes(part) / BYTES_PER_TOKEN, words));
    }
  }

  #cut(weights: readonly number[], most: number): number | undefined {
    const task = this.#transcript.lastUserMessage;
    const now = this.#sumFrom(weights, this.#from);
    let inside = weights.slice(this.#from).reduce((sum, one) => sum + one, 0);
    let cut: number | undefined;
    // One pass, since an uncut conversation can be very long.
    for (let nth = this.#from + 1; nth < weights.length; nth += 1) {
      inside -= weights[nth - 1] ?? 0;
      const role = this.#transcript.all()[nth]?.role;
      if (nth <= task ? role !== 'user' : role === 'tool') continue;
      const left = inside + this.#sumBeside(weights, nth, role === 'user' ? undefined : task);
      if (left >= now) continue;
      cut = nth;
      if (left <= most) break;
    }
    return cut;
  }

  /** The user message of the turn that message `from` is inside of. */
  #taskOf(from: number): number | undefined {
    const task = this.#transcript.userMessages.findLast((nth) => nth <= from);
    return task === from ? undefined : task;
  }

  #sumFrom(weights: readonly number[], from: number): number {
    return weights.slice(from).reduce((sum, one) => sum + one, this.#sumBeside(weights, from, this.#taskOf(from)));
  }

  /** The weight of what is told beside the messages from there on. */
  #sumBeside(weights: readonly number[], from: number, task: number | undefined): number {
    const summary = this.#summary === undefined ? 0 : estimate(this.#summary);
    return this.#also(from, task).reduce((sum, nth) => sum + (weights[nth] ?? 0), summary);
  }

  /** Leading system messages, and that user message. */
  #also(from: number, task: number | undefined): readonly number[] {
    const leading = Math.min(this.#transcript.leadingSystemMessages, from);
    const system = Array.from({ length: leading }, (_none, nth) => nth);
    return task === undefined ? system : [...system, task];
  }
}

function tokensOfWords(message: Message): number {
  const calls = 'toolCalls' in message ? message.toolCalls : [];
  const { content } = message;
  const words = typeof content === 'string' ? content : contentText(content.filter(({ type }) => type === 'text'));
  const texts = [words, ...calls.map(({ name, args }) => name + JSON.stringify(args))];
  return texts.reduce((sum, text) => sum + estimate(text), 0);
}

function mediaOf({ content }: Message): readonly ContentPart[] {
  return typeof content === 'string' ? [] : content.filter(({ type }) => type !== 'text');
}

function tokensOf(part: ContentPart): number {
  if (part.type === 'image_url') return part.image_url.detail === 'low' ? TOKENS_OF.lowImage : TOKENS_OF.image;
  return part.type === 'input_audio' ? TOKENS_OF.audio : TOKENS_OF.file;
}

function estimate(text: string): number {
  return Math.ceil(byteLength(text) / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE;
}
