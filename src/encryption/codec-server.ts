/**
 * Codec server: encodes and decodes payloads over HTTP, for the Temporal UI and `temporal --codec-endpoint`.
 *
 * Temporal's remote codec: POST of `{"payloads": [{"metadata": {...}, "data": "..."}]}`, bytes as base64, to a path
 * that ends in /encode or /decode. It decrypts for anyone who reaches it, so by default it listens on loopback and
 * refuses web pages of other origins.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { checkOptions, isPlainObject, KINDS, needed, type OptionTable } from '../protocol';

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** 0: any free one. */
  readonly port: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Web pages that may use it, as `https://temporal.example.com`, besides this machine's. */
  readonly origins?: readonly string[];
  /** Required as `Authorization: Bearer TOKEN`. Default: no token. */
  readonly token?: string;
}

export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A page of history as the UI sends it: at most 4 MB, base64 twice. Unit: bytes. */
const BODY_BYTES = 32 * 1024 * 1024;

const OPTIONS: OptionTable<CodecServerOptions> = {
  codec: needed(KINDS.object),
  port: needed(KINDS.number),
  host: KINDS.text,
  origins: KINDS.texts,
  token: KINDS.text,
};

/** @throws Error when the port is taken; AgentError `INVALID_OPTION`. */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  checkOptions('startCodecServer', options, OPTIONS);
  const { port, host = '127.0.0.1' } = options;
  const server = createServer((request, response) => {
    void answer(request, options).then(
      ({ status, text = '', headers = {} }) => send(response, status, text, headers),
      () => send(response, 500, 'The payloads could not be processed', {}),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`, close };
}

interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function answer(request: IncomingMessage, options: CodecServerOptions): Promise<Answer> {
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowed(origin, options.origins ?? [])) {
    return { status: 403, text: `Pages of ${origin} may not ask here: allow them with --origin` };
  }
  const cors: Record<string, string> = {
    vary: 'origin',
    ...(origin === undefined
      ? {}
      : {
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-allow-methods': 'POST, OPTIONS',
          'access-control-allow-headers': 'content-type, authorization, x-namespace',
        }),
  };
  const told = async (): Promise<Answer> => {
    if (request.method === 'OPTIONS') return { status: 204 };
    const direction = /^[^?]*\/(encode|decode)(\?|$)/.exec(request.url ?? '/')?.[1];
    if (direction === undefined) return { status: 404, text: 'Ask /encode or /decode' };
    if (request.method !== 'POST') return { status: 405, text: 'Send a POST' };
    if (!hasToken(request, options.token)) return { status: 401, text: 'Send the token: Authorization: Bearer TOKEN' };
    const body = await readBody(request);
    if (body === undefined) return { status: 413, text: `At most ${BODY_BYTES} bytes are taken` };
    const payloads = readPayloads(body);
    if (payloads === undefined) return { status: 400, text: 'Send {"payloads": [{"metadata": {}, "data": ""}]}' };
    const done = await options.codec[direction as 'encode' | 'decode'](payloads);
    return {
      status: 200,
      text: JSON.stringify({ payloads: done.map(toJson) }),
      headers: { 'content-type': 'application/json' },
    };
  };
  const { headers, ...rest } = await told();
  return { ...rest, headers: { ...cors, ...headers } };
}

function isAllowed(origin: string, origins: readonly string[]): boolean {
  if (origins.some((allowed) => allowed.replace(/\/$/, '') === origin)) return true;
  try {
    return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  } catch {
    return false; // A page in a sandbox has the origin "null".
  }
}

function hasToken({ headers }: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(headers.authorization ?? ''), hash(`Bearer ${token}`));
}

/** @returns `undefined` when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Many clients read no answer before they have sent all.
    if (bytes > BODY_BYTES) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (bytes > BODY_BYTES) return undefined;
  return Buffer.concat(chunks).toString();
}

/** @returns `undefined` when it is something else. */
function readPayloads(body: string): Payload[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isPlainObject(parsed)) return undefined;
  const given = parsed['payloads'] ?? []; // An empty list is left out by some.
  if (!Array.isArray(given) || !given.every(isJsonPayload)) return undefined;
  return given.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, text]) => [name, fromBase64(text)])),
    data: fromBase64(data ?? ''),
  }));
}

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly data?: string | null;
}

function isJsonPayload(value: unknown): value is JsonPayload {
  if (!isPlainObject(value)) return false;
  const { metadata = null, data = null } = value;
  const isMetadata =
    metadata === null || (isPlainObject(metadata) && Object.values(metadata).every((text) => typeof text === 'string'));
  return isMetadata && (data === null || typeof data === 'string');
}

function toJson({ metadata, data }: Payload): JsonPayload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function send(response: ServerResponse, status: number, text: string, headers: Readonly<Record<string, string>>): void {
  response.writeHead(status, headers).end(text);
}
