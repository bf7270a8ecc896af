/**
 * Chat reply: what a provider sends back, streamed or not, as one text and its tool calls.
 *
 * Providers differ: some answer JSON when a stream was asked for, some number no tool-call deltas, some
 * reuse call ids. All come out alike, each call with an id of its own.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/common';
import type OpenAI from 'openai';
import { Stream } from 'openai/core/streaming';
import { cutText, LIMITS } from '../../protocol';

export interface RawToolCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote it: not parsed, perhaps not JSON. */
  readonly arguments: string;
}

export interface ChatReply {
  readonly content: string;
  readonly toolCalls: readonly RawToolCall[];
}

interface GrowingCall {
  index: number | undefined;
  id: string;
  name: string;
  arguments: string;
}

/** What a call counts for beside its arguments. */
const CALL_CHARS = 100;

/** Read a whole response. @param onText Called with the text so far, each time it has grown. */
export async function readReply(
  response: Response,
  abort: AbortController,
  onText: (text: string) => void = () => undefined,
): Promise<ChatReply> {
  return response.headers.get('content-type')?.includes('application/json') === true
    ? readCompletion((await response.json()) as OpenAI.Chat.ChatCompletion)
    : await readStream(Stream.fromSSEResponse<OpenAI.Chat.ChatCompletionChunk>(response, abort), onText);
}

function readCompletion(completion: OpenAI.Chat.ChatCompletion): ChatReply {
  const { error } = (completion ?? {}) as { readonly error?: { readonly message?: string } };
  if (error !== undefined && error !== null)
    throw Object.assign(new Error(error.message ?? 'the provider sent an error'), error);
  const message = completion?.choices?.[0]?.message;
  if (message == null) throw new Error('the provider sent JSON that is no chat completion');
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === 'custom'
      ? []
      : [{ id: textOf(call.id), name: textOf(call.function.name), arguments: textOf(call.function.arguments) }],
  );
  return finish(textOf(message.content ?? message.refusal), calls);
}

async function readStream(
  stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>,
  onText: (text: string) => void,
): Promise<ChatReply> {
  const calls: GrowingCall[] = [];
  let content = '';
  let chars = 0;
  let finishReason: string | null | undefined;
  for await (const chunk of stream) {
    const choice = chunk.choices?.[0];
    if (choice === undefined) continue;
    finishReason = choice.finish_reason ?? finishReason;
    const said = textOf(choice.delta?.content ?? choice.delta?.refusal);
    content += said;
    if (said !== '') onText(content);
    chars += said.length;
    for (const delta of choice.delta?.tool_calls ?? []) chars += grow(calls, delta);
    if (chars > LIMITS.modelReplyBytes) throw tooLong(); // Before it is all there: a stream may have no end.
  }
  if (finishReason == null) throw new Error('the stream was cut off before the model had finished');
  return finish(content, calls);
}

function tooLong(): ApplicationFailure {
  return ApplicationFailure.create({
    message: `The model's reply was given up at ${LIMITS.modelReplyBytes} characters; no more can be kept. Limit its output.`,
    type: 'MODEL_REJECTED',
    nonRetryable: true,
    details: [{}],
  });
}

/**
 * A delta belongs to the last call of its index, or without one to the last call; a new id begins a new call.
 *
 * @returns How much the calls have grown. Each counts for something, however empty it is.
 */
function grow(calls: GrowingCall[], delta: OpenAI.Chat.ChatCompletionChunk.Choice.Delta.ToolCall): number {
  const index = delta.index as number | undefined;
  let call = index === undefined ? calls.at(-1) : calls.findLast((one) => one.index === index);
  const id = textOf(delta.id);
  let grown = 0;
  if (call === undefined || (id !== '' && call.id !== '' && id !== call.id)) {
    grown = CALL_CHARS;
    call = { index, id: '', name: '', arguments: '' };
    calls.push(call);
  }
  if (id !== '') call.id = id;
  const name = textOf(delta.function?.name);
  if (name !== '') call.name = name;
  const said = textOf(delta.function?.arguments);
  call.arguments += said;
  return grown + said.length;
}

/** What the API says is text. What is not would fail the run, or every request after it. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new Error(`the provider sent a ${typeof value} where its API has a text`);
}

function finish(content: string, calls: readonly RawToolCall[]): ChatReply {
  const seen = new Set<string>();
  const toolCalls = calls.map(({ id, name, arguments: text }, nth) => {
    let unique = id === '' || id.length > LIMITS.nameChars ? `call_${nth}` : id;
    while (seen.has(unique)) unique = `${unique}_${nth}`;
    seen.add(unique);
    // No tool has so long a name; what says so must not be as long.
    return { id: unique, name: cutText(name, LIMITS.nameChars), arguments: text };
  });
  return { content, toolCalls };
}
