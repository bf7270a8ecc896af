/**
 * Read reply: turns what an AI SDK model gave into one reply.
 *
 * @module
 */
import { AgentError, cutText, errorText, isPlainObject, LIMITS, type Usage } from '../../protocol';
import { readReason, type ReadReason, reasonText } from '../finish-reason';
import { joinTexts, type TextPiece } from '../joined-texts';
import type { FinishReason, RawReply, RawToolCall } from '../model';
import { ProviderError, readProblem } from '../provider-error';
import { tooLong } from '../reply-body';
import { keepParts } from './kept-parts';
import type { Metadata, ReplyPart } from './shapes';

type Fields = Readonly<Record<string, unknown>>;

/** Our settings by their names in warnings. An ignored setting must not go unnoticed. */
const SETTINGS = ['temperature', 'topP', 'maxOutputTokens', 'seed', 'reasoning', 'toolChoice'];

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
};

/** Assembles a stream or a whole result. */
export class GrowingParts {
  readonly #onText: (text: string) => void;
  readonly #parts: ReplyPart[] = [];
  /** Unfinished parts of a stream, by id. */
  readonly #open = new Map<string, { readonly type: 'text' | 'reasoning'; text: string; metadata?: Metadata }>();
  #finish: Fields | undefined;
  #chars = 0;

  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  /** Whether the stream has said how the reply ended. Nothing follows. */
  get hasEnded(): boolean {
    return this.#finish !== undefined;
  }

  /** @param result Of `doGenerate`. */
  addResult(result: unknown): void {
    const { content, warnings, ...finish } = isPlainObject(result) ? result : {};
    this.#warned(warnings);
    for (const part of Array.isArray(content) ? content : []) this.#addWhole(part);
    this.#finish = finish;
  }

  /** @param part Of the stream of `doStream`. @throws What the part says went wrong. */
  add(part: unknown): void {
    if (!isPlainObject(part)) return;
    const { type, id, delta, error, warnings } = part;
    const [, kind, step] = /^(text|reasoning)-(start|delta|end)$/.exec(String(type)) ?? [];
    if (kind !== undefined && typeof id === 'string') {
      const key = `${kind} ${id}`;
      const open = this.#open.get(key) ?? { type: kind as 'text' | 'reasoning', text: '' };
      if (typeof delta === 'string') {
        this.#count(delta);
        open.text += delta;
      }
      const metadata = metadataOf(part);
      // A signature comes with the last piece.
      if (metadata !== undefined) open.metadata = { ...open.metadata, ...metadata };
      this.#open.set(key, open);
      if (step === 'delta' && kind === 'text') this.#onText(joinTexts(this.#texts).content);
      if (step === 'end') this.#close(key);
    } else if (type === 'tool-input-delta') this.#count(String(delta));
    else if (type === 'stream-start') this.#warned(warnings);
    else if (type === 'finish') this.#finish = part;
    else if (type === 'error') throw error instanceof Error ? error : toldError(error);
    else this.#addWhole(part);
  }

  /** @throws AgentError `MODEL_REJECTED`: a stream may have no end. */
  #count(text: string): void {
    this.#chars += text.length;
    if (this.#chars > LIMITS.modelReplyBytes) throw tooLong();
  }

  #close(key: string): void {
    const open = this.#open.get(key);
    if (open !== undefined) this.#parts.push(open);
    this.#open.delete(key);
  }

  #addWhole(part: unknown): void {
    if (!isPlainObject(part)) return;
    const { type, text, toolCallId, toolName, input, providerExecuted } = part;
    const metadata = metadataOf(part);
    const also = metadata === undefined ? {} : { metadata };
    if ((type === 'text' || type === 'reasoning') && typeof text === 'string') {
      this.#count(text);
      this.#parts.push({ type, text, ...also });
    }
    // A provider-executed call was asked of nobody and needs nothing.
    if (type !== 'tool-call' || providerExecuted === true) return;
    this.#parts.push({
      type,
      toolCallId: this.#ownId(cutText(String(toolCallId), LIMITS.nameChars)),
      toolName: cutText(String(toolName), LIMITS.nameChars),
      input: withoutRounded(typeof input === 'string' ? input : JSON.stringify(input ?? {})),
      ...also,
    });
  }

  /** An id that no other call of the reply has. */
  #ownId(given: string): string {
    let id = given;
    while (this.#parts.some((part) => part.type === 'tool-call' && part.toolCallId === id)) {
      id = `${id}_${this.#parts.length}`;
    }
    return id;
  }

  /** Adjacent texts are pieces of one text, split at citations; others are said apart. */
  get #texts(): readonly TextPiece[] {
    return [...this.#parts, ...this.#open.values()].flatMap((part, nth, parts) =>
      part.type === 'text' ? [{ text: part.text, continues: parts[nth - 1]?.type === 'text' }] : [],
    );
  }

  /** @throws AgentError `MODEL_REJECTED` for a setting of ours that the model does not take. */
  #warned(warnings: unknown): void {
    for (const warning of Array.isArray(warnings) ? warnings : []) {
      const { type, setting, feature = setting, details } = (isPlainObject(warning) ? warning : {}) as Fields;
      if (!String(type).startsWith('unsupported') || !SETTINGS.includes(String(feature))) continue;
      const why = typeof details === 'string' ? `: ${details}` : '';
      throw new AgentError(
        'MODEL_REJECTED',
        `This model does not take the setting ${String(feature)}${why}. Leave it out.`,
        {},
      );
    }
  }

  /** @param of Whose parts the reply's own are. @throws ProviderError when it was broken off. */
  finish(of: string): RawReply {
    for (const key of this.#open.keys()) this.#close(key);
    const finish = this.#finish;
    if (finish === undefined) throw brokenOff('the reply was cut off before the model had finished');
    const { finishReason, usage } = finish;
    const reason = isPlainObject(finishReason) ? finishReason['unified'] : finishReason;
    const raw = isPlainObject(finishReason) ? reasonText(finishReason['raw']) : undefined;
    const said = raw ?? reason;
    const toolCalls = callsOf(this.#parts);
    const read = endOf(reason, raw);
    if (read === 'failed') throw brokenOff(`the reply was broken off (${errorText(said)})`);
    const counted = usageOf(usage);
    const { content, spans } = joinTexts(this.#texts);
    const provider = keepParts(of, this.#parts, spans);
    return {
      content,
      toolCalls,
      finishReason: toolCalls.length > 0 && read === 'stop' ? 'tool_calls' : read,
      ...(typeof said === 'string' ? { said: cutText(said, LIMITS.nameChars) } : {}),
      ...(counted === undefined ? {} : { usage: counted }),
      ...(provider === undefined ? {} : { provider }),
    };
  }
}

/** A stream that just ends has a reason such as `other` and no raw one: nobody knows whether it is complete. */
function endOf(reason: unknown, raw: string | undefined): ReadReason {
  const known = typeof reason === 'string' && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  if (known !== undefined) return known;
  if (raw === undefined) return 'failed';
  const read = readReason(raw);
  return read === 'stop' && reason !== 'other' ? 'failed' : read;
}

/** Packages hand on what the provider sent in its stream. */
function toldError(error: unknown): ProviderError {
  return new ProviderError({ isPassing: true, ...(readProblem({ error }) ?? { words: errorText(error) }) });
}

function brokenOff(words: string): ProviderError {
  return new ProviderError({ words, isPassing: true });
}

function metadataOf({ providerMetadata }: Fields): Metadata | undefined {
  return isPlainObject(providerMetadata) && Object.keys(providerMetadata).length > 0
    ? (providerMetadata as Metadata)
    : undefined;
}

/**
 * Packages parse arguments first, which rounds large integers, and the original is lost. It is replaced by one that
 * JSON rounds, so that the call is refused and the model told to send a text.
 */
function withoutRounded(text: string): string {
  let hasRounded = false;
  const mark = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
    hasRounded = true;
    return `\u0000${BigInt(value) + (value > 0 ? 1n : -1n)}`;
  };
  try {
    const marked = JSON.stringify(JSON.parse(text), mark);
    return hasRounded ? marked.replaceAll(/"\\u0000(-?\d+)"/g, '$1') : text;
  } catch {
    return text;
  }
}

function callsOf(parts: readonly ReplyPart[]): readonly RawToolCall[] {
  return parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.toolCallId, name: part.toolName, arguments: part.input }] : [],
  );
}

/** Version 2 has numbers where later ones have objects. */
function usageOf(usage: unknown): Usage | undefined {
  if (!isPlainObject(usage)) return undefined;
  const { inputTokens: input, outputTokens: output, cachedInputTokens, reasoningTokens } = usage;
  const total = (value: unknown): unknown => (isPlainObject(value) ? value['total'] : value);
  const [inputTokens, outputTokens] = [count(total(input)), count(total(output))];
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cached = count(isPlainObject(input) ? input['cacheRead'] : cachedInputTokens);
  const reasoning = count(isPlainObject(output) ? output['reasoning'] : reasoningTokens);
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    ...(cached ? { cachedTokens: cached } : {}),
    ...(reasoning ? { reasoningTokens: reasoning } : {}),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
