/**
 * Read reply: turns a chat-completions response into one reply.
 *
 * @module
 */
import { cutText, isPlainObject, LIMITS, type Usage } from '../../protocol';
import type { RawReply } from '../model';
import { ProviderError, readProblem } from '../provider-error';
import { readUsage } from '../read-usage';
import { cutOff, type GrowingReply, readBody, tooLong } from '../reply-body';
import { readReason, reasonText } from '../finish-reason';
import { GrowingCalls, type GrownCall } from './growing-calls';
import { growFields, keptFields } from './provider-fields';

export interface ReadOptions {
  /** Owner of the reply's provider fields. */
  readonly of: string;
  readonly toolNames: ReadonlySet<string>;
  /** Called with the text so far, each time it has grown. */
  readonly onText: (text: string) => void;
}

/** @param lastMs As of `readBody`. @throws ProviderError when the body is an error, or not a reply at all. */
export async function readReply(response: Response, options: ReadOptions, lastMs?: number): Promise<RawReply> {
  return await readBody(response, new GrowingCompletion(options), lastMs);
}

class GrowingCompletion implements GrowingReply {
  readonly noun = 'chat completion';
  /** Until `[DONE]`, counts may follow. */
  readonly isComplete = false;
  readonly #options: ReadOptions;
  readonly #calls: GrowingCalls;
  readonly #fields: Record<string, unknown> = {};
  #content = '';
  #refusal = '';
  #reason: string | undefined;
  #usage: Usage | undefined;
  /** Whether any part of a reply has come. */
  hasBegun = false;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#calls = new GrowingCalls(options.toolNames);
  }

  /** @param body A chunk of a stream, or a whole completion. */
  add(body: unknown): void {
    const problem = readProblem(body);
    if (problem !== undefined) throw new ProviderError({ isPassing: this.#text !== '', ...problem });
    if (!isPlainObject(body)) return;
    // Some servers send counts with every chunk; the last are complete.
    this.#usage = readUsage(body) ?? this.#usage;
    const { choices } = body;
    if (!Array.isArray(choices)) return;
    const choice: unknown = choices[0];
    if (!isPlainObject(choice)) return;
    this.hasBegun = true;
    this.#reason = reasonText(choice['finish_reason']) ?? this.#reason;
    const message = choice['delta'] ?? choice['message'];
    if (!isPlainObject(message)) return;
    const said = contentText(message['content']);
    this.#content += said;
    const refused = contentText(message['refusal']);
    this.#refusal += refused;
    if (said + refused !== '') this.#options.onText(this.#text);
    const calls = message['tool_calls'];
    if (Array.isArray(calls)) this.#calls.addAll(calls);
    this.#calls.addWhole(message['function_call']);
    growFields(this.#fields, message);
    if (this.#content.length + this.#refusal.length + this.#calls.chars > LIMITS.modelReplyBytes) throw tooLong();
  }

  /** Whether the server has said how the reply ended. */
  get hasEnded(): boolean {
    return this.#reason !== undefined;
  }

  get #text(): string {
    return this.#content === '' ? this.#refusal : this.#content;
  }

  /** @param isWhole The server said that it has no more to send. */
  finish(isWhole: boolean): RawReply {
    const said = this.#reason;
    if (said === undefined && !isWhole) throw cutOff();
    const reason = said === undefined ? 'stop' : readReason(said);
    if (reason === 'failed') {
      throw new ProviderError({ words: `the reply was broken off (finish_reason "${said}")`, isPassing: true });
    }
    const calls = named(this.#calls.finish());
    // Without a reason, a call without arguments may be incomplete.
    const isCutOff = said === undefined && calls.some(({ arguments: text }) => text.trim() === '');
    const provider = keptFields(this.#options.of, {
      message: this.#fields,
      calls: new Map(calls.map(({ id, others }) => [id, others])),
    });
    return {
      content: this.#text,
      toolCalls: calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text })),
      finishReason: isCutOff ? 'length' : calls.length > 0 && reason === 'stop' ? 'tool_calls' : reason,
      ...(said === undefined ? {} : { said: cutText(said, LIMITS.nameChars) }),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(provider === undefined ? {} : { provider }),
    };
  }
}

/** A text, or the texts in a list of parts. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      if (!isPlainObject(part)) return '';
      const { type, text } = part;
      const isText = type === undefined || type === 'text' || type === 'output_text';
      return isText && typeof text === 'string' ? text : '';
    })
    .join('');
}

/** Each call gets an id that no other of the reply has. */
function named(calls: readonly GrownCall[]): readonly GrownCall[] {
  const seen = new Set<string>();
  return calls.map((call, nth) => {
    let id = call.id === '' || call.id.length > LIMITS.nameChars ? `call${String(nth).padStart(5, '0')}` : call.id;
    while (seen.has(id)) id = `${id}_${nth}`;
    seen.add(id);
    // No tool has so long a name; the error must not either.
    return { ...call, id, name: cutText(call.name, LIMITS.nameChars) };
  });
}
