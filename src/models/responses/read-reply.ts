/**
 * Read reply: turns a Responses API response into one reply.
 *
 * A stream's last event has the whole response. If it lacks the output, that is assembled from earlier events.
 *
 * @module
 */
import { cutText, isPlainObject, LIMITS } from '../../protocol';
import { exactText } from '../exact-json';
import { joinTexts, type TextPiece } from '../joined-texts';
import type { FinishReason, RawReply, RawToolCall } from '../model';
import { ProviderError, type ProviderProblem, readProblem } from '../provider-error';
import { readUsage } from '../read-usage';
import { cutOff, type GrowingReply, readBody, tooLong } from '../reply-body';
import { keepItems } from './kept-items';

export interface ReadOptions {
  /** Owner of the reply's items. */
  readonly of: string;
  /** Called with the text so far, each time it has grown. */
  readonly onText: (text: string) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** @param lastMs As of `readBody`. @throws ProviderError when the body is an error, or not a response at all. */
export async function readReply(response: Response, options: ReadOptions, lastMs?: number): Promise<RawReply> {
  return await readBody(response, new GrowingResponse(options), lastMs);
}

class GrowingResponse implements GrowingReply {
  readonly noun = 'response';
  readonly #options: ReadOptions;
  /** Finished items, by their place. */
  readonly #items = new Map<number, unknown>();
  /** Calls that were begun and not finished, by their place. */
  readonly #begun = new Map<unknown, Fields>();
  #text = '';
  #isBetween = false;
  #chars = 0;
  #response: Fields | undefined;
  hasBegun = false;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  get hasEnded(): boolean {
    return this.#response !== undefined;
  }

  get isComplete(): boolean {
    return this.hasEnded;
  }

  add(part: unknown): void {
    if (!isPlainObject(part)) return;
    const { type, response } = part;
    if (part['object'] === 'response') return this.#end(part);
    if (type === 'error') throw new ProviderError({ isPassing: this.#text !== '', ...problemOf(part) });
    if (typeof type !== 'string' || !type.startsWith('response.')) {
      const problem = readProblem(part);
      if (problem !== undefined) throw new ProviderError({ isPassing: this.#text !== '', ...problem });
      return;
    }
    this.hasBegun = true;
    const [, ending] = /^response\.(completed|incomplete|failed|cancelled)$/.exec(type) ?? [];
    // Servers that are like it may leave the status to the event's name.
    if (isPlainObject(response) && ending !== undefined) return this.#end({ status: ending, ...response });
    this.#readItem(type, part);
    const { delta } = part;
    // Another message begins, apart from what was said.
    if (type === 'response.output_item.added' && this.#text !== '') this.#isBetween = true;
    if (typeof delta !== 'string') return;
    this.#chars += delta.length;
    if (this.#chars > LIMITS.modelReplyBytes) throw tooLong();
    if (type !== 'response.output_text.delta' && type !== 'response.refusal.delta') return;
    if (delta === '') return;
    this.#text += this.#isBetween ? `\n\n${delta}` : delta;
    this.#isBetween = false;
    this.#options.onText(this.#text);
  }

  #readItem(type: string, part: Fields): void {
    const { output_index: place, item_id: itemId, item } = part;
    const fields = isPlainObject(item) ? item : {};
    const key = place ?? itemId ?? fields['id'];
    const finish = (finished: unknown): void => {
      this.#begun.delete(key);
      this.#items.set(typeof place === 'number' ? place : this.#items.size, finished);
    };
    if (type === 'response.output_item.added' && fields['type'] === 'function_call') this.#begun.set(key, fields);
    if (type === 'response.output_item.done') finish(item);
    const call = this.#begun.get(key);
    if (type === 'response.function_call_arguments.done' && call !== undefined) {
      finish({ ...call, arguments: part['arguments'], status: 'completed' });
    }
  }

  #end(response: Fields): void {
    this.hasBegun = true;
    this.#response = response;
  }

  finish(_isWhole: boolean): RawReply {
    const response = this.#response;
    if (response === undefined) throw cutOff();
    const { status, error, incomplete_details: details } = response;
    if (status === 'failed' || (error !== undefined && error !== null)) {
      throw new ProviderError({ isPassing: true, ...problemOf({ error }) });
    }
    const reason = isPlainObject(details) && typeof details['reason'] === 'string' ? details['reason'] : undefined;
    if (status !== 'completed' && status !== 'incomplete' && status !== undefined) {
      throw new ProviderError({ words: `the response is ${cutText(JSON.stringify(status), 100)}`, isPassing: true });
    }
    const told = Array.isArray(response['output']) ? response['output'] : [];
    const output = withOwnIds(
      told.length > 0 ? told : [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item),
    );
    const toolCalls = callsOf(output);
    const usage = readUsage(response);
    const { content, spans } = joinTexts(messagesOf(output));
    const hasBegunCall = told.length === 0 && this.#begun.size > 0;
    const isCutOff = status === 'incomplete' || reason !== undefined || hasBegunCall || output.some(isUnfinishedCall);
    const provider = keepItems(this.#options.of, output, spans);
    return {
      // Some servers stream the text and leave it out of the end.
      content: spans.length === 0 ? this.#text : content,
      toolCalls,
      finishReason: isCutOff ? cutOffReason(reason) : toolCalls.length > 0 ? 'tool_calls' : 'stop',
      ...(reason === undefined ? {} : { said: cutText(reason, LIMITS.nameChars) }),
      ...(usage === undefined ? {} : { usage }),
      ...(provider === undefined ? {} : { provider }),
    };
  }
}

function cutOffReason(reason: string | undefined): FinishReason {
  return /filter/.test(reason ?? '') ? 'content_filter' : 'length';
}

/** A call can be cut off in a response that calls itself complete. */
function isUnfinishedCall(item: unknown): boolean {
  if (!isPlainObject(item) || item['type'] !== 'function_call') return false;
  return item['status'] !== undefined && item['status'] !== null && item['status'] !== 'completed';
}

/** What went wrong. Known codes get the status that OpenAI uses for them. */
function problemOf(part: Fields): ProviderProblem {
  const inner = isPlainObject(part['error']) ? part['error'] : part;
  const problem = readProblem({ error: inner }) ?? { words: 'the response failed' };
  const { code } = inner;
  const isOurs = typeof code === 'string' && /^invalid_|image|unsupported|not_found/.test(code);
  return { ...problem, ...(problem.status === undefined && isOurs ? { status: 400 } : {}) };
}

/** Each message's text, or its refusal. */
function messagesOf(output: readonly unknown[]): readonly TextPiece[] {
  return output
    .filter((item): item is Fields => isPlainObject(item) && item['type'] === 'message')
    .map(({ content }) => {
      const given: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'output_text', text: content }];
      const parts = given.filter(isPlainObject);
      const of = (type: string, field: string): string =>
        parts.flatMap((one) => (one['type'] === type && typeof one[field] === 'string' ? [one[field]] : [])).join('');
      return { text: of('output_text', 'text') || of('refusal', 'refusal'), continues: false };
    });
}

/** Each call gets an id that no other of the reply has. */
function withOwnIds(output: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return output.map((item, nth) => {
    if (!isPlainObject(item) || item['type'] !== 'function_call') return item;
    const { call_id: given } = item;
    let id = typeof given === 'string' && given !== '' && given.length <= LIMITS.nameChars ? given : `call${nth}`;
    while (seen.has(id)) id = `${id}_${nth}`;
    seen.add(id);
    return { ...item, call_id: id };
  });
}

function callsOf(output: readonly unknown[]): readonly RawToolCall[] {
  return output
    .filter((item): item is Fields => isPlainObject(item) && item['type'] === 'function_call')
    .map(({ call_id: id, name, arguments: given }) => ({
      id: id as string,
      name: cutText(typeof name === 'string' ? name : '', LIMITS.nameChars),
      arguments: typeof given === 'string' ? given : exactText(given ?? {}),
    }));
}
