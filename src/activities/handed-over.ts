/**
 * Handed over: conversations that runs of this worker have given to their model calls, until those take them.
 *
 * A call that went to another worker never takes its own, and one of a long queue may come too late: what is oldest makes
 * room. Whoever finds nothing asks the run.
 *
 * @module
 */

/** What all of them may hold together: a few thousand conversations of some KB. Unit: characters. */
const MOST_CHARS = 16 * 1024 * 1024;
/** What one takes beside its text: its key, and its place in the map. Unit: characters. */
const BESIDE = 200;

import { type Conversation, type HandOverSinks, type ModelCall, handOverKey } from '../protocol';
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
    this.#chars += conversation.length + BESIDE;
    for (const oldest of this.#conversations.keys()) {
      if (this.#chars <= this.#mostChars) break;
      this.#remove(oldest);
    }
  }

  /** @returns None when this call was given nothing here, or took it before. */
  take(runId: string, { handed }: Pick<ModelCall, 'handed'>): Conversation | undefined {
    const conversation = handed === undefined ? undefined : this.#remove(handOverKey(runId, handed));
    return conversation === undefined ? undefined : (JSON.parse(conversation) as Conversation);
  }

  #remove(key: string): string | undefined {
    const conversation = this.#conversations.get(key);
    this.#conversations.delete(key);
    this.#chars -= conversation === undefined ? 0 : conversation.length + BESIDE;
    return conversation;
  }
}

interface Sink<Fn extends (...args: never[]) => void> {
  readonly fn: (info: unknown, ...args: Parameters<Fn>) => void;
  readonly callDuringReplay: boolean;
}
