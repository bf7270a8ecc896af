/**
 * Handed over: conversations that runs of this worker have given to their model calls, until those take them.
 *
 * A call that went to another worker never takes its own: what is oldest makes room.
 *
 * @module
 */
import { handOverKey, type Conversation, type HandOverSinks, type ModelCall } from '../agent';

/**
 * What all of them may hold together: some thousands of conversations of a few KB, so that those of all calls that wait
 * for a slot are there. Unit: characters.
 */
const MOST_CHARS = 32 * 1024 * 1024;

export class HandedOver {
  readonly #conversations = new Map<string, string>();
  readonly #mostChars: number;
  #chars = 0;

  constructor(mostChars = MOST_CHARS) {
    this.#mostChars = mostChars;
  }

  /** What the worker registers for its workflows. */
  get sinks(): {
    readonly [Name in keyof HandOverSinks]: { readonly handOver: Sink<HandOverSinks[Name]['handOver']> };
  } {
    return {
      countersign: {
        handOver: { fn: (_info, key, conversation) => this.put(key, conversation), callDuringReplay: false },
      },
    };
  }

  put(key: string, conversation: string): void {
    this.#remove(key);
    this.#conversations.set(key, conversation);
    this.#chars += conversation.length;
    for (const oldest of this.#conversations.keys()) {
      if (this.#chars <= this.#mostChars) break;
      this.#remove(oldest);
    }
  }

  /** @returns None when this call was given nothing here, or took it before. */
  take(runId: string, call: ModelCall): Conversation | undefined {
    const conversation = this.#remove(handOverKey(runId, call));
    return conversation === undefined ? undefined : (JSON.parse(conversation) as Conversation);
  }

  #remove(key: string): string | undefined {
    const conversation = this.#conversations.get(key);
    this.#conversations.delete(key);
    this.#chars -= conversation?.length ?? 0;
    return conversation;
  }
}

interface Sink<Fn extends (...args: never[]) => void> {
  readonly fn: (info: unknown, ...args: Parameters<Fn>) => void;
  readonly callDuringReplay: boolean;
}
