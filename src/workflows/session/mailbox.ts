/**
 * Mailbox: the further user messages of a conversation, in the order they came.
 *
 * A message waits here until its turn begins; closing ends the conversation after what is queued.
 *
 * @module
 */
import { byteLength, isPlainObject, jsonBytes, LIMITS, undecodableProblem } from '../../protocol';

export class Mailbox {
  readonly #texts: string[] = [];
  #bytes = 0;
  /** As they are carried: a control character has six bytes there, and one in the text. */
  #jsonBytes = 0;
  #taken = 0;
  #isClosed = false;
  #isOpen = false;

  /** From here on messages are taken: the run is a conversation. */
  open(): void {
    this.#isOpen = true;
  }

  /** Where it is, for the next link of its run. */
  toJson(): { readonly queued: readonly string[]; readonly taken: number; readonly isClosed: boolean } {
    return { queued: [...this.#texts], taken: this.#taken, isClosed: this.#isClosed };
  }

  resume({ queued, taken, isClosed }: ReturnType<Mailbox['toJson']>): void {
    for (const text of queued) this.put(text);
    this.#taken = taken;
    this.#isClosed = isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Say why a message cannot be taken, or undefined when it can. */
  refusal(text: string): string | undefined {
    if (!this.#isOpen) return 'This run is no conversation: start it with "conversation": true.';
    if (this.#isClosed) return 'The conversation is closed.';
    if (text.trim() === '') return 'The message is empty.';
    if (byteLength(text) > LIMITS.messageBytes) return `The message is larger than ${LIMITS.messageBytes} bytes.`;
    const isFull =
      this.#texts.length >= LIMITS.queuedMessages ||
      (this.#texts.length > 0 && this.#bytes + byteLength(text) > LIMITS.queuedBytes);
    return isFull ? `${this.#texts.length} messages are queued already: send this one later.` : undefined;
  }

  /** As {@link refusal}, by the size that it is carried with: earlier releases did not look at that. */
  overfull(text: string): string | undefined {
    const bytes = jsonBytes(text);
    if (bytes > LIMITS.messageBytes) return `The message is larger than ${LIMITS.messageBytes} bytes, as JSON.`;
    return this.#texts.length > 0 && this.#jsonBytes + bytes > LIMITS.queuedBytes
      ? `${this.#texts.length} messages are queued already: send this one later.`
      : undefined;
  }

  /** Bytes of what is queued, as JSON. */
  get heldBytes(): number {
    return this.#jsonBytes;
  }

  /** @returns Its place: 0 for the first message after the one the run was started with. */
  put(text: string): number {
    this.#texts.push(text);
    this.#bytes += byteLength(text);
    this.#jsonBytes += jsonBytes(text);
    return this.#taken + this.#texts.length - 1;
  }

  /** Whether there is something to do: a message, or the end. */
  get isReady(): boolean {
    return this.#texts.length > 0 || this.#isClosed;
  }

  take(): string | undefined {
    const text = this.#texts.shift();
    if (text === undefined) return undefined;
    this.#taken += 1;
    this.#bytes -= byteLength(text);
    this.#jsonBytes -= jsonBytes(text);
    return text;
  }
}

/** Read what a `sendMessage` brought: `{text}` or a bare string. */
export function readMessage(payload: unknown): { readonly text: string } | { readonly problem: string } {
  const text = isPlainObject(payload) ? payload['text'] : payload;
  if (typeof text === 'string') return { text };
  return { problem: undecodableProblem(payload) ?? 'it must be {"text": "..."} or a bare string' };
}
