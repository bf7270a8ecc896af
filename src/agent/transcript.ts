/**
 * Transcript: the conversation as the model is told it, without system prompts.
 *
 * Append only: a message has an index for ever, so "the first `upTo` messages" is all that a model
 * call must carry. Every tool call of an assistant message is followed by exactly one tool message.
 *
 * @module
 */
import { jsonBytes, LIMITS, type ChatMessage, type JsonObject } from '../protocol';

/** A tool call as the model made it. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  /** What the tool's schema made of the model's arguments. `{}` when they were no JSON object, or do not fit. */
  readonly args: JsonObject;
  /** The schema made something else of them than the model wrote: they are not checked again. */
  readonly isMade?: true;
  /** Why the call must not run: its arguments are malformed or do not fit the tool's schema, or there was no such tool. */
  readonly problem?: string;
}

/** What a provider sent with a reply and wants to have back with it. Nobody else understands it. */
export interface ProviderFields {
  /** The model that sent them, at its server. */
  readonly of: string;
  readonly message?: JsonObject;
  /** By the id of the call. */
  readonly calls?: Readonly<Record<string, JsonObject>>;
}

export type Message =
  | ChatMessage
  | { readonly role: 'assistant'; readonly content: string; readonly provider: ProviderFields }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly toolCalls: readonly ModelToolCall[];
      /** Who made the calls: the `llm`, or which other model of it replied. Absent in conversations from before it was kept. */
      readonly by?: string;
      readonly provider?: ProviderFields;
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string };

export interface TranscriptPage {
  readonly messages: readonly Message[];
  /** Index of the message after the page's last. */
  readonly next: number;
  /** Messages in the whole transcript. */
  readonly length: number;
  /** What the run's store holds now, when its definition tells the model of it. */
  readonly state?: JsonObject;
  /** What the run was started with, when its prompt is a function. */
  readonly data?: JsonObject;
  /** Of messages that the model is told no more; see `memory`. */
  readonly summary?: string;
}

export class Transcript {
  readonly #messages: Message[] = [];
  #bytes = 0;
  readonly #userMessages: number[] = [];
  #leadingSystemMessages = 0;

  get length(): number {
    return this.#messages.length;
  }

  /** Index of the last message of a user; -1 when there is none. */
  get lastUserMessage(): number {
    return this.#userMessages.at(-1) ?? -1;
  }

  /** Indexes of the messages of users. */
  get userMessages(): readonly number[] {
    return this.#userMessages;
  }

  /** How many system messages it begins with. */
  get leadingSystemMessages(): number {
    return this.#leadingSystemMessages;
  }

  append(message: Message): void {
    if (message.role === 'user') this.#userMessages.push(this.length);
    if (message.role === 'system' && this.#leadingSystemMessages === this.length) this.#leadingSystemMessages += 1;
    this.#messages.push(message);
    this.#bytes += jsonBytes(message);
  }

  /** The calls of the last reply that have no tool message. */
  openCalls(): readonly ModelToolCall[] {
    const last = this.#messages.findLastIndex((message) => 'toolCalls' in message);
    const reply = this.#messages[last];
    if (reply === undefined || !('toolCalls' in reply)) return [];
    const answered = new Set(
      this.#messages.slice(last).flatMap((one) => (one.role === 'tool' ? [one.toolCallId] : [])),
    );
    return reply.toolCalls.filter(({ id }) => !answered.has(id));
  }

  /** Give each call of the last reply that has no tool message one, so that the conversation can go on. */
  closeCalls(content: string): void {
    for (const { id } of this.openCalls()) this.append({ role: 'tool', toolCallId: id, content });
  }

  all(): readonly Message[] {
    return this.#messages;
  }

  /** Whether all of it is small enough to be handed over directly. */
  get isSmall(): boolean {
    return this.#bytes <= LIMITS.inlineTranscriptBytes;
  }

  /** Messages from index `from` up to, not including, `upTo`; at least one if there is one, at most a page of bytes. */
  page(from: number, upTo: number): TranscriptPage {
    const messages: Message[] = [];
    const end = Math.max(0, Math.min(upTo, this.length));
    let bytes = 0;
    let next = Math.max(0, Math.min(from, end));
    for (; next < end; next += 1) {
      const message = this.#messages[next] as Message;
      bytes += jsonBytes(message);
      if (messages.length > 0 && bytes > LIMITS.pageBytes) break;
      messages.push(message);
    }
    return { messages, next, length: this.length };
  }
}
