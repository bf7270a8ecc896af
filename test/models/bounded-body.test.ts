import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { boundedFetch } from '../../src/models/bounded-body';
import type { AgentWorkerOptions } from '../../src/worker';
import { TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
let server: Server;
let answer: RequestListener;
/** Bytes that the server got rid of for the last request, and whether its connection was closed by the client. */
let sent = 0;
let whenClosed: Promise<void>;

beforeAll(async () => {
  server = createServer((request, response) => {
    sent = 0;
    whenClosed = new Promise((resolve) => response.once('close', resolve));
    request.resume().once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const openai = new OpenAI({
    apiKey: 'none',
    baseURL: `http://127.0.0.1:${port}/v1`,
    fetch: boundedFetch(fetch, { stallMs: 300 }),
  });
  await temporal.start({ openai } satisfies Partial<AgentWorkerOptions>);
});
afterAll(async () => {
  await temporal.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = () => undefined;
});

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE = { 'content-type': 'text/event-stream' };
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** Begins with a text and repeats another for ever, as fast as it is read. */
function endless(status: number, headers: Record<string, string>, begin: string, more: string): RequestListener {
  return (_request, response) => {
    response.writeHead(status, headers).write(begin);
    const piece = more.repeat(Math.ceil(65_536 / more.length));
    const go = (): void => {
      while (!response.destroyed) {
        sent += piece.length;
        if (!response.write(piece)) return void response.once('drain', go);
      }
    };
    go();
  };
}

function bomb(encoding: string, compressed: Buffer): RequestListener {
  return (_request, response) =>
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': encoding }).end(compressed);
}

const zeros = Buffer.concat([Buffer.from('{"choices":[{"message":{"content":"'), Buffer.alloc(200 * 1024 * 1024, 120)]);

describe('a model server that does not stop is cut off, and the run says why', () => {
  test.each<[string, () => RequestListener, RegExp]>([
    ['JSON', () => endless(200, JSON_TYPE, '{"choices":[{"message":{"content":"', 'x'), /8388608 bytes/],
    ['words in a stream', () => endless(200, SSE, '', chunk({ content: 'x'.repeat(2000) })), /1048576 characters/],
    [
      'arguments in a stream',
      () => endless(200, SSE, '', chunk({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(2000) } }] })),
      /1048576 characters/,
    ],
    [
      'empty calls in a stream',
      () =>
        endless(
          200,
          SSE,
          '',
          [1, 2, 3]
            .map((id) =>
              chunk({
                tool_calls: [
                  { index: id, id: `c${id}` },
                  { index: id, id: 'other' },
                ],
              }),
            )
            .join(''),
        ),
      /1048576 characters/,
    ],
    ['an event of a stream', () => endless(200, SSE, 'data: {"choices":[{"delta":{"content":"', 'x'), /4194304 bytes/],
    ['lines of an event', () => endless(200, SSE, '', 'data: x\n'), /67108864 bytes/],
    ['an error', () => endless(400, JSON_TYPE, '{"error":{"message":"', 'no '), /no no no/],
    ['a compressed reply', () => bomb('gzip', gzipSync(zeros)), /8388608 bytes/],
    ['a reply in brotli', () => bomb('br', brotliCompressSync(zeros, { params: { 1: 1 } })), /8388608 bytes/],
  ])('%s', async (_name, make, why) => {
    answer = make();
    const run = await temporal.run('toolAgent', []);
    await expect(run.result()).rejects.toMatchObject({
      details: { cause: 'MODEL_REJECTED' },
      message: expect.stringMatching(why),
    });
    await whenClosed;
    expect(sent).toBeLessThan(80 * 1024 * 1024);
  });
});

test('a reply that stops in the middle is given up after a while, and asked for again', async () => {
  let requests = 0;
  answer = (_request, response) => {
    response.writeHead(200, SSE).write(chunk({ content: 'Two words' }));
    requests += 1;
    if (requests > 1) response.end(chunk({ content: ' and more.' }, 'stop') + 'data: [DONE]\n\n');
  };
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('Two words and more.');
  expect(requests).toBe(2);
});

test('the first word may take longer, and events may come in any pieces', async () => {
  const text = 'A reply in small pieces.'
    .split('')
    .map((content) => chunk({ content }).replaceAll('\n', '\r\n'))
    .join('');
  answer = (_request, response) => {
    response.writeHead(200, SSE).flushHeaders();
    const bytes = (text + chunk({}, 'stop') + 'data: [DONE]\n\n').split('');
    const next = (): void => {
      if (bytes.length === 0) return void response.end();
      response.write(bytes.splice(0, 7).join(''), () => setImmediate(next));
    };
    setTimeout(next, 700);
  };
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('A reply in small pieces.');
});

test('an error whose body is cut still counts as what its status says', async () => {
  let requests = 0;
  answer = (request, response) => {
    requests += 1;
    if (requests === 1) return endless(503, JSON_TYPE, '', 'busy ')(request, response);
    response.writeHead(200, SSE).end(chunk({ content: 'Here I am.' }, 'stop'));
  };
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
});
