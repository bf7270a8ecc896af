/**
 * Raw model: an HTTP server that sends whatever bytes it is told to where a model is expected.
 *
 * The scripted model speaks as a provider does; this one need not. A run is known by its first user message, and gets the
 * replies that are kept under that name, one after the other; when they are used up it says good-bye.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ModelRequest } from '../../src/testing';

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one by one. */
  readonly chunks: readonly string[];
  /** The connection is broken after them. */
  readonly breaks?: boolean;
}

export interface RawModel {
  readonly url: string;
  /** By the name of their run. */
  readonly replies: Map<string, readonly RawReply[]>;
  /** What was asked in the name of a run. */
  requests(name: string): readonly ModelRequest[];
  close(): Promise<void>;
}

export async function startRawModel(): Promise<RawModel> {
  const replies = new Map<string, readonly RawReply[]>();
  const asked = new Map<string, ModelRequest[]>();

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const request = JSON.parse(Buffer.concat(parts).toString()) as ModelRequest;
    const name = String(request.messages.find(({ role }) => role === 'user')?.content);
    const requests = asked.get(name) ?? [];
    asked.set(name, requests);
    requests.push(request);
    const { status, headers, chunks, breaks } = replies.get(name)?.[requests.length - 1] ?? goodBye;
    response.writeHead(status, headers);
    for (const chunk of chunks) await new Promise<void>((resolve) => response.write(chunk, () => resolve()));
    if (breaks === true) response.destroy();
    else response.end();
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    replies,
    requests: (name) => asked.get(name) ?? [],
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One JSON body. */
export function completion(message: unknown, finish: unknown = 'stop'): RawReply {
  const body = JSON.stringify({
    id: 'x',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finish }],
  });
  return { status: 200, headers: { 'content-type': 'application/json' }, chunks: [body] };
}

/** Server-sent events, each with one of these as its data. */
export function streamed(deltas: readonly unknown[], finish: unknown = 'stop'): RawReply {
  const chunk = (delta: unknown, reason: unknown): string =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    chunks: [...deltas.map((delta) => chunk(delta, null)), chunk({}, finish), 'data: [DONE]\n\n'],
  };
}

const goodBye = completion({ role: 'assistant', content: 'Good-bye.' });
