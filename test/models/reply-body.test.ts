import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readReply as readChat } from '../../src/models/chat/read-reply';
import { readReply as readResponse } from '../../src/models/responses/read-reply';

let server: Server;
let answer: RequestListener;
let connections = 0;
let whenClosed: Promise<void>;
beforeAll(async () => {
  server = createServer((request, response) => {
    whenClosed = new Promise((resolve) => response.once('close', resolve));
    answer(request, response);
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const LAST_MS = 400;
const options = { of: 'x', toolNames: new Set<string>(), onText: () => undefined };
const ask = async (read: typeof readChat | typeof readResponse) =>
  await read(await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), options, LAST_MS);
const events = (...all: readonly object[]): string => all.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
const chunk = (content: string, finish_reason: string | null): object => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hi.' }] }];
const response = { object: 'response', status: 'completed', output };

/** Keeps the connection open, and alive. */
const neverEnding =
  (body: string): RequestListener =>
  (_request, to) => {
    to.writeHead(200, { 'content-type': 'text/event-stream' }).write(body);
    const alive = setInterval(() => to.write(': still here\n\n'), 50);
    to.once('close', () => clearInterval(alive));
  };

test.each([
  ['[DONE]', readChat, `${events(chunk('Hi.', 'stop'))}data: [DONE]\n\n`],
  ['its last event', readResponse, events({ type: 'response.completed', response })],
  ['how it ended, and then nothing', readChat, events(chunk('Hi.', null), chunk('', 'stop'))],
])('a stream whose server says %s and stays connected is over', async (_what, read, body) => {
  answer = neverEnding(body);
  expect(await ask(read)).toMatchObject({ content: 'Hi.', finishReason: 'stop' });
  await whenClosed;
});

test('counts that follow the end are still read', async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 1 };
  answer = (_request, to) => {
    to.writeHead(200, { 'content-type': 'text/event-stream' }).write(events(chunk('Hi.', 'stop')));
    setTimeout(() => to.write(events({ choices: [], usage })), 50);
    setTimeout(() => to.write('data: [DONE]\n\n'), 100);
  };
  expect(await ask(readChat)).toMatchObject({ content: 'Hi.', usage: { inputTokens: 3, outputTokens: 1 } });
});

test('a server that says with every event how the reply ended is heard to its end', async () => {
  answer = (_request, to) => {
    to.writeHead(200, { 'content-type': 'text/event-stream' });
    const pieces = 'abcdef'.split('');
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece !== undefined) return void to.write(events(chunk(piece, 'stop')));
      clearInterval(timer);
      to.end('data: [DONE]\n\n');
    }, LAST_MS / 4);
  };
  expect(await ask(readChat)).toMatchObject({ content: 'abcdef' });
});

test.each([
  ['whose end is cut off', (to: ServerResponse) => to.end('data: {"choices":[],"usage":{"prompt_tok')],
  ['after which comes what is no JSON', (to: ServerResponse) => to.end('data: bye\n\n')],
])('a reply that has ended stands, %s', async (_what, end) => {
  answer = (_request, to) => {
    to.writeHead(200, { 'content-type': 'text/event-stream' }).write(events(chunk('Hi.', 'stop')));
    end(to);
  };
  expect(await ask(readChat)).toMatchObject({ content: 'Hi.', finishReason: 'stop' });
});

test('the connections of streams that were read to their end are used again', async () => {
  answer = (_request, to) =>
    to.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${events(chunk('Hi.', 'stop'))}data: [DONE]\n\n`);
  const before = connections;
  for (let nth = 0; nth < 10; nth += 1) {
    await ask(readChat);
    await whenClosed;
  }
  // The next request may come before the end was read.
  expect(connections - before).toBeLessThan(4);
});

describe('JSON that ends early was cut off, and may come whole next time', () => {
  const whole = JSON.stringify({ choices: [{ message: { content: 'A {"b": [1' }, finish_reason: 'stop' }] });
  const endingAt = (text: string): RequestListener => {
    return (_request, to) => to.writeHead(200, { 'content-type': 'application/json' }).end(text);
  };

  test('wherever it ends', async () => {
    for (let at = 1; at < whole.length; at += 1) {
      answer = endingAt(whole.slice(0, at));
      await expect(ask(readChat)).rejects.toMatchObject({
        problem: { isPassing: true, words: expect.stringContaining('cut off') },
      });
    }
    answer = endingAt(whole);
    expect(await ask(readChat)).toMatchObject({ content: 'A {"b": [1' });
  });

  test.each([
    ['a web page', '<html><body>Sign in {</body></html>'],
    ['another language', "{'error': 'no model'}"],
    ['a list', '[1, 2'],
  ])('%s is something else, and is quoted', async (_what, text) => {
    answer = endingAt(text);
    await expect(ask(readChat)).rejects.toMatchObject({
      problem: { status: 200, words: expect.stringContaining('what came is no') },
    });
  });
});
