/**
 * Mailbox: further user messages of a conversation, in order.
 *
 * A message waits until its turn begins. Closing ends the conversation after the queued ones.
 *
 * @module
 */
import {
  BY_URL,
  byteLength,
  isBlank,
  isPlainObject,
  jsonBytes,
  LIMITS,
  readContent,
  undecodableProblem,
  type UserContent,
} from '../../protocol';

export class Mailbox {
  readonly #contents: UserContent[] = [];
  #bytes = 0;
  /** As carried to the next link: a control character takes six bytes. */
  #jsonBytes = 0;
  #taken = 0;
  #isClosed = false;
  #isOpen = false;

  /** The run is a conversation and takes messages. */
  open(): void {
    this.#isOpen = true;
  }

  toJson(): { readonly queued: readonly UserContent[]; readonly taken: number; readonly isClosed: boolean } {
    return { queued: [...this.#contents], taken: this.#taken, isClosed: this.#isClosed };
  }

  resume({ queued, taken, isClosed }: ReturnType<Mailbox['toJson']>): void {
    for (const content of queued) this.put(content);
    this.#taken = taken;
    this.#isClosed = isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Why a message cannot be taken; `undefined` if it can. */
  refusal(content: UserContent): string | undefined {
    if (!this.#isOpen) return 'This run is no conversation: start it with "conversation": true.';
    if (this.#isClosed) return 'The conversation is closed.';
    if (isBlank(content)) return 'The message is empty.';
    if (sizeOf(content) > LIMITS.messageBytes)
      return `The message is larger than ${LIMITS.messageBytes} bytes. ${BY_URL}`;
    const isFull =
      this.#contents.length >= LIMITS.queuedMessages ||
      (this.#contents.length > 0 && this.#bytes + sizeOf(content) > LIMITS.queuedBytes);
    return isFull ? `${this.#contents.length} messages are queued already: send this one later.` : undefined;
  }

  /** The same by JSON size, which earlier releases did not check. */
  overfull(content: UserContent): string | undefined {
    const bytes = jsonBytes(content);
    if (bytes > LIMITS.messageBytes) return `The message is larger than ${LIMITS.messageBytes} bytes, as JSON.`;
    return this.#contents.length > 0 && this.#jsonBytes + bytes > LIMITS.queuedBytes
      ? `${this.#contents.length} messages are queued already: send this one later.`
      : undefined;
  }

  /** The queue's bytes as JSON. */
  get heldBytes(): number {
    return this.#jsonBytes;
  }

  /** @returns Its place: 0 for the first message after the start. */
  put(content: UserContent): number {
    this.#contents.push(content);
    this.#bytes += sizeOf(content);
    this.#jsonBytes += jsonBytes(content);
    return this.#taken + this.#contents.length - 1;
  }

  /** Whether there is a message, or the end of the conversation. */
  get isReady(): boolean {
    return this.#contents.length > 0 || this.#isClosed;
  }

  take(): UserContent | undefined {
    const content = this.#contents.shift();
    if (content === undefined) return undefined;
    this.#taken += 1;
    this.#bytes -= sizeOf(content);
    this.#jsonBytes -= jsonBytes(content);
    return content;
  }
}

function sizeOf(content: UserContent): number {
  return typeof content === 'string' ? byteLength(content) : jsonBytes(content);
}

/**
 * Reads a `sendMessage`: `{text}`, `{content}` or a bare string.
 *
 * @param takesContent Called if there is a `content`, which earlier releases ignored.
 */
export function readMessage(
  payload: unknown,
  takesContent: () => boolean = () => true,
): { readonly content: UserContent } | { readonly problem: string } {
  const { text: words, content } = isPlainObject(payload) ? payload : {};
  if (content != null && takesContent()) {
    if (words != null) return { problem: 'it has both "text" and "content": give one of them' };
    const read = readContent(content);
    return 'problem' in read ? { problem: `its content is wrong, ${read.problem}` } : read;
  }
  const text = isPlainObject(payload) ? payload['text'] : payload;
  if (typeof text === 'string') return { content: text };
  return {
    problem: undecodableProblem(payload) ?? 'it must be {"text": "..."}, {"content": [...]} or a bare string',
  };
}
