import { expect, test } from '@jest/globals';
import { checkedModel, type Model, type RawReply } from '../../src/models';

const request = {
  llm: 'x',
  system: [],
  messages: [{ role: 'user' as const, content: 'Hi' }],
  tools: [],
  allowParallelToolCalls: true,
  stream: false,
  settings: {},
};
const good = { content: 'Hi.', toolCalls: [], finishReason: 'stop' };
const call = { id: 'a', name: 'add', arguments: '{}' };

function ask(
  given: (options: Parameters<Model['ask']>[1]) => unknown,
  more: { readonly signal?: AbortSignal; readonly timeoutMs?: number; readonly heard?: unknown[] } = {},
): Promise<RawReply> {
  const { signal = new AbortController().signal, timeoutMs = 5000, heard = [] } = more;
  const model = checkedModel({ title: 'Ours', ask: async (_request, options) => (await given(options)) as RawReply });
  return model.ask(request, { signal, timeoutMs, onText: (text) => heard.push(text) });
}

test('a reply that keeps the contract is given on', async () => {
  const provider = { of: 'ours', message: { thought: 'x' } };
  const reply = {
    ...good,
    toolCalls: [call],
    finishReason: 'tool_calls',
    usage: { inputTokens: 1, outputTokens: 2 },
    provider,
  };
  expect(await ask(() => reply)).toEqual(reply);
});

test.each([
  ['nothing', undefined, /it is no object/],
  ['content that is no text', { ...good, content: null }, /its content is no text/],
  ['calls that are no list', { ...good, toolCalls: {} }, /its toolCalls are no list/],
  ['a call without an id', { ...good, toolCalls: [{ ...call, id: '' }] }, /toolCalls\[0\] has no id of its own/],
  [
    'a list with holes',
    { ...good, toolCalls: Object.assign([], { length: 3 }) },
    /toolCalls\[0\] has no id of its own/,
  ],
  ['two calls of one id', { ...good, toolCalls: [call, call] }, /toolCalls\[1\] has no id of its own/],
  ['a name that is no text', { ...good, toolCalls: [{ ...call, name: 7 }] }, /toolCalls\[0\] has no name/],
  [
    'arguments as an object',
    { ...good, toolCalls: [{ ...call, arguments: {} }] },
    /arguments of toolCalls\[0\] are no text/,
  ],
  ['an end that nobody knows', { ...good, finishReason: 'done' }, /its finishReason is none of stop/],
  ['fields that are not JSON', { ...good, provider: { of: 'x', message: { at: new Date() } } }, /its provider fields/],
  [
    'fields that are too large',
    { ...good, provider: { of: 'x', message: { text: 'x'.repeat(300_000) } } },
    /its provider fields/,
  ],
])('%s is an error that names the model, and breaks nothing', async (_what, given, message) => {
  await expect(ask(() => given)).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringMatching(message),
  });
  await expect(ask(() => given)).rejects.toThrow('Ours');
});

test.each([
  ['a text', 'down', 'MODEL_UNAVAILABLE', /down/],
  ['an error', new Error('socket hang up'), 'MODEL_UNAVAILABLE', /socket hang up/],
  ['an error with a status', Object.assign(new Error('no'), { status: 401 }), 'MODEL_UNAUTHORIZED', /no/],
])('%s that is thrown is told as what it means', async (_what, thrown, code, message) => {
  const failing = (): never => {
    throw thrown;
  };
  await expect(ask(failing)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('counts that are none count as not reported', async () => {
  expect(await ask(() => ({ ...good, usage: { inputTokens: Number.NaN, outputTokens: 1 } }))).toEqual(good);
});

test('of counts only ours are taken', async () => {
  const usage = { inputTokens: 1, outputTokens: 2, cost: 10n };
  expect(await ask(() => ({ ...good, usage }))).toEqual({ ...good, usage: { inputTokens: 1, outputTokens: 2 } });
});

test('one that never settles is given up in time, and when the call is cancelled', async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  await expect(ask(never, { timeoutMs: 20 })).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: 'Ours did not reply within 20 ms',
  });
  let told: AbortSignal | undefined;
  await ask(
    ({ signal }) => {
      told = signal;
      return new Promise(() => undefined);
    },
    { timeoutMs: 20 },
  ).catch(() => undefined);
  expect(told?.aborted).toBe(true);
  const cancelled = new AbortController();
  const asked = ask(never, { signal: cancelled.signal });
  cancelled.abort();
  await expect(asked).rejects.toThrow(/aborted/);
});

test('words are heard while it speaks: no others, and not after its end', async () => {
  const heard: unknown[] = [];
  let speak: (text: string) => void = () => undefined;
  await ask(
    ({ onText }) => {
      speak = onText;
      onText('Hi');
      onText(7 as never);
      return good;
    },
    { heard },
  );
  speak('late');
  expect(heard).toEqual(['Hi']);
});
