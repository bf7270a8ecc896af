import { expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { startScriptedModel } from '../../src/testing';
import { ask, callsOf, saying, stream, withModel } from './with-model';

const REFUND = { name: 'refund', arguments: { order: 'A-1043', note: 'héllo 🦜🦜🦜' } } as const;

test('replies come in the order of the script and every request is kept', async () => {
  await withModel({ replies: [{ content: 'one' }, { content: 'two' }] }, async (model, openai) => {
    expect((await ask(openai, saying('first'))).content).toBe('one');
    expect((await ask(openai, saying('second', { temperature: 0.5 }))).content).toBe('two');
    expect(model.requests).toEqual([saying('first'), saying('second', { temperature: 0.5 })]);
  });
});

test('a script may be a function of the request and its number', async () => {
  const replies = (request: { model: string }, index: number) =>
    index < 2 ? { content: `${request.model} ${index}` } : undefined;
  await withModel({ replies }, async (_model, openai) => {
    expect((await ask(openai, saying('a'))).content).toBe('gpt-4o-mini 0');
    expect((await ask(openai, saying('b'))).content).toBe('gpt-4o-mini 1');
    await expect(ask(openai, saying('c'))).rejects.toMatchObject({ status: 500, code: 'script_exhausted' });
  });
});

test('a script that has run out says so, and the openai client does not ask again', async () => {
  await withModel({ replies: [{ content: 'only' }] }, async (model) => {
    const retrying = new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 2 });
    await ask(retrying, saying('a'));
    await expect(ask(retrying, saying('b'))).rejects.toMatchObject({
      status: 500,
      code: 'script_exhausted',
      message: expect.stringContaining('no more replies'),
    });
    expect(model.requests).toHaveLength(2);
  });
});

test('an error at the end of a script repeats, one before that does not', async () => {
  const replies = [{ status: 500 }, { content: 'up' }, { status: 503, error: { message: 'boom' } }];
  await withModel({ replies }, async (_model, openai) => {
    await expect(ask(openai, saying('a'))).rejects.toMatchObject({ status: 500 });
    expect((await ask(openai, saying('b'))).content).toBe('up');
    for (const again of ['c', 'd', 'e']) {
      await expect(ask(openai, saying(again))).rejects.toMatchObject({
        status: 503,
        message: expect.stringContaining('boom'),
      });
    }
  });
});

test('an error has the fields and headers of the script', async () => {
  const error = { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' };
  await withModel({ replies: [{ status: 429, error, headers: { 'retry-after': '7' } }] }, async (_model, openai) => {
    const failure = await ask(openai, saying('a')).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError);
    expect(failure).toMatchObject({ status: 429, type: 'requests', code: 'rate_limit_exceeded' });
    expect((failure as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe('7');
  });
});

test('script() replaces the replies, starts them from the first and keeps the requests', async () => {
  await withModel({ replies: [{ content: 'old' }, { content: 'never' }] }, async (model, openai) => {
    await ask(openai, saying('a'));
    model.script([{ content: 'new 0' }, { content: 'new 1' }]);
    expect((await ask(openai, saying('b'))).content).toBe('new 0');
    expect((await ask(openai, saying('c'))).content).toBe('new 1');
    expect(model.requests).toHaveLength(3);
  });
});

test('a reply without streaming has the shape of OpenAI', async () => {
  await withModel({ replies: [{ content: 'hi', toolCalls: [REFUND] }] }, async (_model, openai) => {
    const completion = await openai.chat.completions.create(saying('a'));
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      model: 'gpt-4o-mini',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: { role: 'assistant', content: 'hi', tool_calls: [{ id: 'call_1_0', type: 'function' }] },
        },
      ],
    });
    expect(Math.abs(completion.created - Date.now() / 1000)).toBeLessThan(60);
    const usage = completion.usage;
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    expect(usage?.prompt_tokens).toBeGreaterThan(0);
  });
});

test('streamed and not streamed, the openai client assembles the same message', async () => {
  const calls = [REFUND, { id: 'mine', name: 'refund', arguments: '{"order": "trunc' }, { name: 'now', arguments: {} }];
  const answers = [
    { content: 'One, two, three, four: parrots 🦜🦜🦜🦜.' },
    { content: 'x' },
    { toolCalls: calls },
    { content: 'Both.', toolCalls: calls },
    {},
  ];
  for (const answer of answers) {
    await withModel({ replies: () => answer }, async (_model, openai) => {
      const whole = await ask(openai, saying('a'));
      const streamed = await openai.chat.completions.stream({ ...saying('a'), stream: true }).finalMessage();
      // The client's own assembly makes null of an empty text.
      expect(streamed.content).toBe(whole.content || null);
      expect(callsOf(streamed)).toEqual(callsOf(whole));
    });
  }
});

test('a stream sends content and arguments in several chunks, then how it finished', async () => {
  const content = '🦜1🦜2🦜3🦜4🦜5🦜6🦜7🦜8🦜';
  await withModel({ replies: [{ content, toolCalls: [REFUND] }] }, async (_model, openai) => {
    const chunks = await stream(openai, saying('a'));
    const deltas = chunks.map((chunk) => chunk.choices[0]?.delta);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    const texts = deltas.slice(1).flatMap((delta) => delta?.content ?? []);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).toBe(content);
    // Refuses half a character.
    expect(() => texts.map(encodeURIComponent)).not.toThrow();
    const calls = deltas.flatMap((delta) => delta?.tool_calls ?? []);
    expect(calls[0]).toMatchObject({ index: 0, id: 'call_1_0', function: { name: 'refund', arguments: '' } });
    expect(calls.length).toBeGreaterThan(2);
    expect(JSON.parse(calls.map((call) => call.function?.arguments).join(''))).toEqual(REFUND.arguments);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });
});

test('a stream ends with usage when that was asked for, and only then', async () => {
  await withModel({ replies: () => ({ content: 'hello' }) }, async (_model, openai) => {
    const asked = await stream(openai, saying('a', { stream_options: { include_usage: true } }));
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    const unasked = await stream(openai, saying('a'));
    expect(unasked.filter((chunk) => chunk.usage || chunk.choices.length === 0)).toEqual([]);
  });
});

test('tool call ids are unique over the life of the server', async () => {
  const replies = [{ toolCalls: [REFUND, REFUND] }, { toolCalls: [REFUND] }];
  await withModel({ replies }, async (model, openai) => {
    const idsOf = async () => ((await ask(openai, saying('a'))).tool_calls ?? []).map((call) => call.id);
    const first = [...(await idsOf()), ...(await idsOf())];
    model.script(replies);
    const ids = [...first, ...(await idsOf())];
    expect(new Set(ids).size).toBe(5);
  });
});

test('it lists one model, and anything else is not found', async () => {
  await withModel({}, async (model, openai) => {
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['scripted']);
    await expect(openai.embeddings.create({ model: 'x', input: 'y' })).rejects.toMatchObject({
      status: 404,
      code: 'not_found',
    });
    expect((await fetch(`${model.url}/chat/completions`)).status).toBe(404);
  });
});

test('a port in use is refused in words', async () => {
  await withModel({}, async (model) => {
    const port = Number(new URL(model.url).port);
    await expect(startScriptedModel({ port })).rejects.toThrow(`Port ${port} is in use.`);
  });
});

test('close() frees the port and may be called twice', async () => {
  const first = await startScriptedModel();
  await Promise.all([first.close(), first.close()]);
  const again = await startScriptedModel({ port: Number(new URL(first.url).port) });
  expect(again.url).toBe(first.url);
  await again.close();
});
