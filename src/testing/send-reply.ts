/**
 * Send reply: puts one scripted reply on the wire, as OpenAI's API would.
 *
 * A client that has gone is never written to.
 *
 * @module
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type Completion, complete } from './chat-completion';
import type { ProviderRules } from './rules';
import type { ModelRequest, Quirk, ScriptedAnswer, ScriptedError, ScriptedReply } from './scripted-reply';

/** How a reply looks on the wire. */
export interface Wire {
  body(completion: Completion, answer: ScriptedAnswer): object;
  /** Events of a stream, each as its text. */
  events(completion: Completion, answer: ScriptedAnswer, includeUsage: boolean): readonly string[];
  /** How many final events say that the reply has ended. */
  readonly closing: number;
}

/** One request on its way to its reply. */
export interface Exchange {
  /** undefined: the script has run out. */
  readonly reply: ScriptedReply | undefined;
  readonly request: ModelRequest;
  /** Number of the request over the life of the server. */
  readonly number: number;
  readonly rules: ProviderRules;
  /** Which wire protocol the request is of. */
  readonly wire: Wire;
  readonly quirks: readonly Quirk[];
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
  /** Breaks the connection from our side. */
  readonly hangUp: () => void;
}

/** Waits as the reply says, then sends it. Resolves when nothing is left to send. */
export async function sendReply(response: ServerResponse, exchange: Exchange): Promise<void> {
  const { reply, gone } = exchange;
  if (reply === undefined) return sendExhausted(response, exchange.number);
  await settled(reply.hold, gone);
  if (reply.delayMs !== undefined) await settled(delay(reply.delayMs, undefined, { signal: gone }), gone);
  if (gone.aborted) return;
  if ('status' in reply) return sendScriptedError(response, reply);
  const isBroken = 'disconnect' in reply;
  const answer: ScriptedAnswer = isBroken ? { ...reply, content: reply.content ?? null } : reply;
  const completion = complete(answer, exchange);
  if (isBroken && reply.content === undefined) return exchange.hangUp();
  if (exchange.request.stream === true && !completion.quirks.has('noStreaming')) {
    return sendStream(response, completion, exchange, answer);
  }
  await settled(answer.holdMidway, gone);
  if (isBroken) return exchange.hangUp();
  sendJson(response, 200, exchange.wire.body(completion, answer));
}

async function sendStream(
  response: ServerResponse,
  completion: Completion,
  { reply, request, wire, gone, hangUp }: Exchange,
  answer: ScriptedAnswer,
): Promise<void> {
  const isBroken = reply !== undefined && 'disconnect' in reply;
  const includeUsage = !isBroken && request.stream_options?.include_usage === true;
  const chunks = wire.events(completion, answer, includeUsage);
  const midway = Math.ceil((chunks.length + 1 - wire.closing) / 2);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for (const [position, chunk] of chunks.slice(0, isBroken ? -wire.closing : undefined).entries()) {
    if (position === midway) await settled(answer.holdMidway, gone);
    if (gone.aborted) return;
    await written(response, chunk, gone);
  }
  if (isBroken) hangUp();
  else response.end();
}

/** Resolves when the text is handed to the network, so that chunks leave one by one, or the client has gone. */
async function written(response: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  await settled(new Promise<void>((resolve) => response.write(text, () => resolve())), gone);
}

/** Resolves when the promise settles, either way, or the client has gone. */
async function settled(promise: Promise<unknown> | undefined, gone: AbortSignal): Promise<void> {
  if (promise === undefined || gone.aborted) return;
  const listening = new AbortController();
  const away = new Promise<void>((resolve) => {
    gone.addEventListener('abort', () => resolve(), { signal: listening.signal });
  });
  await Promise.race([promise.catch(() => undefined), away]);
  listening.abort();
}

function sendExhausted(response: ServerResponse, number: number): void {
  const message = `The script has no more replies: this is request ${number}. Add a reply to it, or find out who asks again.`;
  sendError(response, 500, { message, code: 'script_exhausted' }, NO_RETRY);
}

/** For failures of the script itself, which retries would only hide. */
export const NO_RETRY: Readonly<Record<string, string>> = { 'x-should-retry': 'false' };

function sendScriptedError(response: ServerResponse, reply: ScriptedError): void {
  const message = reply.error?.message ?? `Scripted failure with status ${reply.status}.`;
  sendError(response, reply.status, { ...reply.error, message }, reply.headers);
}

/** An error in the shape of OpenAI's. */
export function sendError(
  response: ServerResponse,
  status: number,
  error: { readonly message: string; readonly type?: string; readonly code?: string },
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = error.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
  const body = { error: { message: error.message, type, param: null, code: error.code ?? null } };
  sendJson(response, status, body, headers);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
