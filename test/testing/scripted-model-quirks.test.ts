import { expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import type { Quirk } from '../../src/testing';
import { ask, saying, stream, withModel } from './with-model';

const TOOL_CALLS = [
  { name: 'first', arguments: { text: 'a long enough argument to be split' } },
  { name: 'second', arguments: {} },
];

async function toolDeltas(quirks: readonly Quirk[]): Promise<readonly (readonly ToolDelta[])[]> {
  let deltas: readonly (readonly ToolDelta[])[] = [];
  await withModel({ quirks, replies: [{ toolCalls: TOOL_CALLS }] }, async (_model, openai) => {
    const chunks = await stream(openai, saying('a'));
    deltas = chunks.flatMap((chunk) => {
      const calls = chunk.choices[0]?.delta.tool_calls;
      return calls === undefined ? [] : [calls];
    });
  });
  return deltas;
}

type ToolDelta = OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall;

test('noStreaming answers with one JSON body although a stream was asked', async () => {
  await withModel({ quirks: ['noStreaming'], replies: () => ({ content: 'whole' }) }, async (model) => {
    const response = await fetch(`${model.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...saying('a'), stream: true }),
    });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'whole' } }] });
  });
});

test('toolCallsInOneChunk sends all tool calls whole in one delta', async () => {
  expect(await toolDeltas(['toolCallsInOneChunk'])).toMatchObject([
    [
      { index: 0, function: { name: 'first', arguments: JSON.stringify(TOOL_CALLS[0]?.arguments) } },
      { index: 1, function: { name: 'second', arguments: '{}' } },
    ],
  ]);
});

test('indexlessToolDeltas sends each tool call whole and without an index', async () => {
  const deltas = await toolDeltas(['indexlessToolDeltas']);
  expect(deltas).toMatchObject([
    [{ function: { name: 'first', arguments: JSON.stringify(TOOL_CALLS[0]?.arguments) } }],
    [{ function: { name: 'second', arguments: '{}' } }],
  ]);
  expect(deltas.flat().filter((delta) => 'index' in delta)).toEqual([]);
});

test('missingUsage leaves the token counts out, asked or not', async () => {
  await withModel({ quirks: ['missingUsage'], replies: () => ({ content: 'x' }) }, async (_model, openai) => {
    expect((await openai.chat.completions.create(saying('a'))).usage).toBeUndefined();
    const chunks = await stream(openai, saying('a', { stream_options: { include_usage: true } }));
    expect(chunks.filter((chunk) => chunk.usage || chunk.choices.length === 0)).toEqual([]);
  });
});

test('usage: false does the same for one reply', async () => {
  await withModel({ replies: [{ content: 'x', usage: false }, { content: 'y' }] }, async (_model, openai) => {
    expect((await openai.chat.completions.create(saying('a'))).usage).toBeUndefined();
    expect((await openai.chat.completions.create(saying('b'))).usage).toBeDefined();
  });
});

test('emptyContent puts an empty text beside tool calls instead of null', async () => {
  const replies = () => ({ toolCalls: TOOL_CALLS });
  await withModel({ replies }, async (_model, openai) => {
    expect((await ask(openai, saying('a'))).content).toBeNull();
    expect((await stream(openai, saying('a')))[0]?.choices[0]?.delta.content).toBeNull();
  });
  await withModel({ quirks: ['emptyContent'], replies }, async (_model, openai) => {
    expect((await ask(openai, saying('a'))).content).toBe('');
    expect((await stream(openai, saying('a')))[0]?.choices[0]?.delta.content).toBe('');
  });
});

test('reusedCallIds gives every tool call the same id, even one that has its own', async () => {
  const toolCalls = [{ id: 'mine', name: 'a', arguments: {} }, ...TOOL_CALLS];
  await withModel({ quirks: ['reusedCallIds'], replies: () => ({ toolCalls }) }, async (_model, openai) => {
    const ids = ((await ask(openai, saying('a'))).tool_calls ?? []).map((call) => call.id);
    expect(ids).toEqual(['call_0', 'call_0', 'call_0']);
  });
});

test('the quirks of a reply take the place of those of the server', async () => {
  const replies = [{ toolCalls: TOOL_CALLS, quirks: [] }, { toolCalls: TOOL_CALLS }];
  await withModel({ quirks: ['emptyContent'], replies }, async (_model, openai) => {
    expect((await ask(openai, saying('a'))).content).toBeNull();
    expect((await ask(openai, saying('a'))).content).toBe('');
  });
});
