/**
 * Reply body: reads what a server sent for a request.
 *
 * Some servers answer JSON to a streaming request, or a web page or error with status 200. All replies come out alike;
 * anything else is an error that quotes what came.
 *
 * @module
 */
import { AgentError, cutText, isAgentError, LIMITS } from '../protocol';
import { EventLines } from './event-lines';
import { parseExact } from './exact-json';
import type { RawReply } from './model';
import { ProviderError } from './provider-error';

/**
 * How long the next event may take once the server has said how the reply ended: some say so in every event. Unit:
 * milliseconds.
 */
const LAST_MS = 10_000;

/** A reply assembled from parts. */
export interface GrowingReply {
  /** What a complete one is called: `chat completion`. */
  readonly noun: string;
  /** Whether any part of a reply has come. */
  readonly hasBegun: boolean;
  /** Whether the server has said how the reply ended. Counts may follow. */
  readonly hasEnded: boolean;
  /** Whether nothing of the reply can follow. */
  readonly isComplete: boolean;
  /** @param part An event of a stream, or a whole reply. @throws ProviderError when it is an error. */
  add(part: unknown): void;
  /** @param isWhole The server said that it has no more to send. @throws ProviderError when it is none. */
  finish(isWhole: boolean): RawReply;
}

/**
 * @param lastMs How long an ended reply waits for more. Unit: milliseconds.
 * @throws ProviderError when the body is an error, or not a reply at all.
 */
export async function readBody(response: Response, growing: GrowingReply, lastMs = LAST_MS): Promise<RawReply> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return await readStream(response.body, type, growing, lastMs);
  const text = await response.text();
  if (/^\s*(data|event):/.test(text)) return await readStream(new Response(text).body, type, growing, lastMs);
  if (text.trim() === '') throw cutOff();
  return readWhole(text, type, growing);
}

async function readStream(
  body: Response['body'],
  type: string,
  growing: GrowingReply,
  lastMs: number,
): Promise<RawReply> {
  const lines = new EventLines(body);
  let isDone = false;
  try {
    for await (const text of lines.data()) {
      isDone = text.trim() === '[DONE]';
      const part = isDone ? undefined : parsed(text);
      if (part !== undefined && 'problem' in part) {
        // A piece of an event does not spoil a reply that has ended either.
        if (growing.hasEnded) break;
        throw part.problem;
      }
      growing.add(part?.value);
      if (isDone || growing.isComplete) break;
      if (growing.hasEnded) lines.endWithin(lastMs);
    }
  } catch (error) {
    // An unclean end of the connection does not spoil a reply that has ended.
    if (error instanceof ProviderError || isAgentError(error, 'MODEL_REJECTED') || !growing.hasEnded) throw error;
  }
  return lines.other.trim() === '' ? growing.finish(isDone) : readWhole(lines.other, type, growing);
}

/** Before the server said how it ended. */
export function cutOff(): ProviderError {
  return new ProviderError({ words: 'the reply was cut off before the model had finished', isPassing: true });
}

function readWhole(text: string, type: string, growing: GrowingReply): RawReply {
  let body: unknown;
  try {
    body = parseExact(text);
  } catch {
    throw isCutOffJson(text) ? cutOff() : noReply(growing, type || 'text', text);
  }
  growing.add(body);
  if (!growing.hasBegun) throw noReply(growing, type || 'JSON', text);
  return growing.finish(true);
}

/** Whether a text ends within a JSON object. */
export function isCutOffJson(text: string): boolean {
  const outside = text.trimStart().replaceAll(/"(?:[^"\\]|\\[^])*"/g, '');
  const depth = outside.replaceAll(/[^[{]/g, '').length - outside.replaceAll(/[^\]}]/g, '').length;
  return outside.startsWith('{') && (depth > 0 || outside.includes('"'));
}

/** It would recur: usually the address is wrong. */
function noReply({ noun }: GrowingReply, type: string, text: string): ProviderError {
  const words = cutText(text.replaceAll(/\s+/g, ' ').trim(), LIMITS.providerWordsBytes);
  return new ProviderError({
    words: `what came is no ${noun} but ${type.split(';')[0]}; does the server's address end in /v1? It says: ${words}`,
    status: 200,
  });
}

/** Early, since a stream may have no end. */
export function tooLong(): AgentError {
  const message = `The model's reply was given up at ${LIMITS.modelReplyBytes} characters; no more can be kept. Limit its output.`;
  return new AgentError('MODEL_REJECTED', message, {});
}

/** An event that is not JSON counts as a broken stream. */
function parsed(text: string): { readonly value: unknown } | { readonly problem: ProviderError } {
  try {
    return { value: parseExact(text) };
  } catch {
    const words = `the stream has an event that is not JSON: ${cutText(text, 500)}`;
    return { problem: new ProviderError({ words, isPassing: true }) };
  }
}
