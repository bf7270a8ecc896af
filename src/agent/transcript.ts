/**
 * Transcript: the conversation as the model is told it, without system prompts.
 *
 * Append only: a message keeps its index, so a model call needs to carry only "the first `upTo` messages". Every tool
 * call is followed by exactly one tool message.
 *
 * @module
 */
import { jsonBytes, LIMITS, type Message, type ModelToolCall, type TranscriptPage } from '../protocol';

export class Transcript {
  readonly #messages: Message[] = [];
  #bytes = 0;
  readonly #userMessages: number[] = [];
  #leadingSystemMessages = 0;

  get length(): number {
    return this.#messages.length;
  }

  /** Index of the last user message; -1 when there is none. */
  get lastUserMessage(): number {
    return this.#userMessages.at(-1) ?? -1;
  }

  /** Indexes of the user messages. */
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

  /** Gives each of those calls a tool message, so that the conversation can go on. */
  closeCalls(content: string): void {
    for (const { id } of this.openCalls()) this.append({ role: 'tool', toolCallId: id, content });
  }

  all(): readonly Message[] {
    return this.#messages;
  }

  /** Whether all of it is small enough for a call's own input. */
  get isSmall(): boolean {
    return this.#bytes <= LIMITS.inlineTranscriptBytes;
  }

  /** Messages from index `from` up to, not including, `upTo`: at least one if there is one, at most a page of bytes. */
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
