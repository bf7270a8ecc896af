import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { ask, saying, withModel } from './with-model';

/** Something that settles when it is told to. */
function gate(): { readonly held: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { held, open };
}

async function post(url: string, body: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

test('a held reply is sent when its promise settles, and others are not kept waiting', async () => {
  const { held, open } = gate();
  await withModel({ replies: [{ content: 'late', hold: held }, { content: 'soon' }] }, async (model, openai) => {
    let isAnswered = false;
    const late = ask(openai, saying('a')).finally(() => {
      isAnswered = true;
    });
    await model.whenRequested(1);
    expect((await ask(openai, saying('b'))).content).toBe('soon');
    expect(isAnswered).toBe(false);
    open();
    expect((await late).content).toBe('late');
  });
});

test('a promise that rejects lets its reply go as well', async () => {
  await withModel(
    { replies: [{ content: 'anyway', hold: Promise.reject(new Error('x')) }] },
    async (_model, openai) => {
      expect((await ask(openai, saying('a'))).content).toBe('anyway');
    },
  );
});

test('delayMs passes before the reply', async () => {
  await withModel({ replies: [{ content: 'x', delayMs: 60 }] }, async (_model, openai) => {
    const startedAt = performance.now();
    await ask(openai, saying('a'));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  });
});

test('a stream held midway has sent half of its text', async () => {
  const { held, open } = gate();
  const text = 'one two three four five six seven eight';
  await withModel({ replies: [{ content: text, holdMidway: held }] }, async (_model, openai) => {
    let seen = '';
    for await (const chunk of await openai.chat.completions.create({ ...saying('a'), stream: true })) {
      seen += chunk.choices[0]?.delta.content ?? '';
      // Opened only by text that has come: held any earlier, this test would not end.
      if (seen.length > text.length / 3) open();
    }
    expect(seen).toBe(text);
  });
});

test('a disconnect breaks the connection before a word', async () => {
  await withModel({ replies: [{ disconnect: true }] }, async (model, openai) => {
    await expect(ask(openai, saying('a'))).rejects.toThrow('Connection error');
    expect(model.requests).toHaveLength(1);
    expect(model.aborted).toBe(0);
  });
});

test('a disconnect with content breaks the stream after it', async () => {
  await withModel({ replies: [{ disconnect: true, content: 'half a sent' }] }, async (model, openai) => {
    let seen = '';
    const finishes: unknown[] = [];
    const request = saying('a', { stream_options: { include_usage: true } });
    const reading = async () => {
      for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) {
        seen += chunk.choices[0]?.delta.content ?? '';
        finishes.push(chunk.choices[0]?.finish_reason);
      }
    };
    await expect(reading()).rejects.toThrow('terminated');
    expect(seen).toBe('half a sent');
    expect(finishes.filter((finish) => finish !== null)).toEqual([]);
    expect(model.aborted).toBe(0);
  });
});

test('clients that go away are counted, whatever their reply was waiting for', async () => {
  const never = new Promise<void>(() => undefined);
  const replies = [{ hold: never }, { delayMs: 3_600_000 }, { content: 'a long story', holdMidway: never }];
  await withModel({ replies: [...replies, { content: 'well' }] }, async (model, openai) => {
    for (const count of [1, 2, 3]) {
      const client = new AbortController();
      const request: OpenAI.ChatCompletionCreateParams = { ...saying('a'), stream: true };
      const asking = openai.chat.completions.create(request, { signal: client.signal }).then(async (chunks) => {
        for await (const _chunk of chunks) client.abort();
      });
      await model.whenRequested(count);
      if (count < 3) client.abort();
      await asking.catch(() => undefined);
      await model.whenAborted(count);
    }
    expect((await ask(openai, saying('b'))).content).toBe('well');
    expect(model.aborted).toBe(3);
  });
});

test('a reply that was read to its end is not an aborted one', async () => {
  await withModel({ replies: () => ({ content: 'all of it' }) }, async (model, openai) => {
    await ask(openai, saying('a'));
    for await (const _chunk of await openai.chat.completions.create({ ...saying('b'), stream: true })) continue;
    await ask(openai, saying('c'));
    expect(model.aborted).toBe(0);
  });
});

test('a body that is no request gets 400 in the shape of OpenAI and is not counted', async () => {
  await withModel({}, async (model) => {
    const bad = ['', '{"model": "x", "messages": [', 'null', '[]', '{}', '{"model": "x", "messages": []}'];
    const worse = ['{"model": "x", "messages": [null]}', '{"model":"x","messages":[{"role":"user"}],"tools":[{}]}'];
    for (const body of [...bad, ...worse]) {
      expect(await post(model.url, body)).toMatchObject({
        status: 400,
        body: { error: { message: expect.any(String), type: 'invalid_request_error', param: null } },
      });
    }
    expect(model.requests).toEqual([]);
  });
});

test('a script that throws is reported to the client and the server goes on', async () => {
  const replies = (_request: unknown, index: number) => {
    if (index === 0) throw new Error('no such line');
    return { content: 'ok' };
  };
  await withModel({ replies }, async (_model, openai) => {
    await expect(ask(openai, saying('a'))).rejects.toMatchObject({
      code: 'script_failed',
      message: expect.stringContaining('no such line'),
    });
    expect((await ask(openai, saying('b'))).content).toBe('ok');
  });
});

test('a client that breaks off in the middle of its request does no harm', async () => {
  await withModel({ replies: [{ content: 'fine' }] }, async (model, openai) => {
    const socket = connect(Number(new URL(model.url).port), '127.0.0.1');
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"model"';
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    socket.resetAndDestroy();
    expect((await ask(openai, saying('a'))).content).toBe('fine');
    expect(model.requests).toHaveLength(1);
  });
});

test('whenRequested rejects when the model closes first', async () => {
  await withModel({}, async (model, openai) => {
    await ask(openai, saying('a'));
    await model.whenRequested(1);
    const waiting = model.whenRequested(2);
    await model.close();
    await expect(waiting).rejects.toThrow('closed after 1 of 2 requests');
  });
});
