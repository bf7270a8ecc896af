/**
 * Passed conversations: what runs of this worker have passed to their model calls, until those take it.
 *
 * Bounded: the oldest are dropped first, since a call that went to another worker never takes its own. A call that finds
 * nothing queries the run.
 *
 * @module
 */
import { type Conversation, type ConversationSinks, type ModelCall, passedKey } from '../protocol';

/** The limit for all of them: a few thousand conversations of some KB. Unit: characters. */
const MOST_CHARS = 16 * 1024 * 1024;
/** The cost of a key and its map entry. Unit: characters. */
const BESIDE = 200;

export class PassedConversations {
  readonly #conversations = new Map<string, string>();
  readonly #mostChars: number;
  #chars = 0;

  constructor(mostChars = MOST_CHARS) {
    this.#mostChars = mostChars;
  }

  /** What the worker registers for its workflows. */
  get sinks(): {
    readonly [Name in keyof ConversationSinks]: {
      readonly passConversation: Sink<ConversationSinks[Name]['passConversation']>;
    };
  } {
    return {
      countersign: {
        passConversation: { fn: (_info, key, conversation) => this.put(key, conversation), callDuringReplay: false },
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

  /** @returns `undefined` when nothing was passed to this call here, or it took it before. */
  take(runId: string, { handed }: Pick<ModelCall, 'handed'>): Conversation | undefined {
    const conversation = handed === undefined ? undefined : this.#remove(passedKey(runId, handed));
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
