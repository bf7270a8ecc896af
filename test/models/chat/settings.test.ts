import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import type { ModelSettings } from '../../../src/agent';
import { chatModel, type RawReply, settledServer, withSettings } from '../../../src/models';
import { startScriptedModel, type ScriptedModel, type ScriptedReply } from '../../../src/testing';
import { PROVIDER_RULES, type ProviderRules } from '../../../src/testing/rules';
import { says } from '../../setup/temporal';

const servers = new Map<ProviderRules, ScriptedModel>();
const serverOf = (rules: ProviderRules): ScriptedModel => servers.get(rules) as ScriptedModel;

beforeAll(async () => {
  for (const rules of PROVIDER_RULES)
    servers.set(rules, await startScriptedModel({ rules, replies: () => says('Hi.') }));
});
afterAll(async () => await Promise.all([...servers.values()].map(async (server) => await server.close())));

/** A model that nobody has asked yet. @returns Asks it. */
function fresh(rules: ProviderRules, model: string): (settings: ModelSettings) => Promise<RawReply> {
  const client = new OpenAI({ apiKey: 'x', baseURL: serverOf(rules).url });
  const made = chatModel(model, settledServer(model, { client }));
  return async (settings) =>
    await made.ask(
      {
        llm: model,
        system: [],
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [],
        allowParallelToolCalls: true,
        stream: false,
        settings,
      },
      { signal: new AbortController().signal, onText: () => undefined, timeoutMs: 5000 },
    );
}

/** What it was asked with, beside the conversation. */
async function sent(rules: ProviderRules, asking: () => Promise<unknown>): Promise<readonly object[]> {
  const { requests } = serverOf(rules);
  const before = requests.length;
  await asking();
  return requests.slice(before).map(({ model: _model, messages: _messages, stream: _stream, ...rest }) => rest);
}

test('a request without settings has no field for any', async () => {
  expect(await sent('openai', async () => await fresh('openai', 'm')({}))).toEqual([{}]);
});

test('settings are sent under the names of chat completions, extra fields as they are', async () => {
  const settings = {
    temperature: 0,
    topP: 0.5,
    maxTokens: 16,
    reasoningEffort: 'low',
    seed: 7,
    extraBody: { grammar: 'g' },
  };
  expect(await sent('template', async () => await fresh('template', 'm')(settings))).toEqual([
    { temperature: 0, top_p: 0.5, max_tokens: 16, reasoning_effort: 'low', seed: 7, grammar: 'g' },
  ]);
});

test.each<ProviderRules>(PROVIDER_RULES)(
  'temperature and maxTokens reach %s without a setting for it',
  async (rules) => {
    const asked = await sent(rules, async () => await fresh(rules, 'm')({ temperature: 0.5, maxTokens: 100 }));
    expect(asked).toEqual([{ temperature: 0.5, max_tokens: 100 }]);
  },
);

describe('a name that a provider does not know is spelt its way at once, and from then on', () => {
  test.each<[ProviderRules, string, ModelSettings, object]>([
    ['openai', 'o4-mini', { maxTokens: 100, seed: 1 }, { max_completion_tokens: 100, seed: 1 }],
    ['mistral', 'm', { maxTokens: 100, seed: 1 }, { max_tokens: 100, random_seed: 1 }],
  ])('by %s', async (rules, model, settings, spelt) => {
    const ask = fresh(rules, model);
    expect(await sent(rules, async () => await ask(settings))).toHaveLength(2);
    expect(await sent(rules, async () => await ask(settings))).toEqual([spelt]);
  });

  test('by all that were on their way together, and by one that changes its mind', async () => {
    const server = serverOf('openai');
    const ask = fresh('openai', 'm');
    const refuse = (name: string): ScriptedReply => ({
      status: 400,
      error: { message: `Unknown parameter: '${name}'` },
    });
    server.script((request) => ('max_tokens' in request ? refuse('max_tokens') : says('Hi.')));
    const replies = await Promise.all([1, 2, 3].map(async () => await ask({ maxTokens: 9 })));
    expect(replies.map(({ content }) => content)).toEqual(['Hi.', 'Hi.', 'Hi.']);
    server.script((request) => ('max_completion_tokens' in request ? refuse('max_completion_tokens') : says('Hi.')));
    expect(await sent('openai', async () => await ask({ maxTokens: 9 }))).toEqual([
      { max_completion_tokens: 9 },
      { max_tokens: 9 },
    ]);
    server.script(() => says('Hi.'));
  });
});

describe('a setting that a provider refuses is an error in its own words, asked no other way', () => {
  test.each<[ProviderRules, string, ModelSettings, RegExp]>([
    ['openai', 'gpt-5', { temperature: 0.2 }, /'temperature' does not support 0.2 with this model/],
    ['openai', 'gpt-4o', { temperature: 3 }, /Expected a value <= 2, but got 3/],
    ['openai', 'gpt-4o', { reasoningEffort: 'low' }, /Unrecognized request argument supplied: reasoning_effort/],
    ['openai', 'gpt-4o', { extraBody: { grammar: 'g' } }, /Unrecognized request argument supplied: grammar/],
    ['mistral', 'm', { temperature: 2 }, /temperature: Input should be less than or equal to 1.5/],
    ['deepseek', 'm', { maxTokens: 100_000 }, /the valid range of max_tokens is \[1, 65536\]/],
    ['anthropic', 'm', { temperature: 1.5 }, /temperature: range: 0..1/],
    ['anthropic', 'm', { maxTokens: 100_000 }, /100000 > 64000, which is the maximum allowed number/],
    ['bedrock', 'm', { temperature: 0.5, topP: 0.5 }, /`temperature` and `top_p` cannot both be specified/],
    ['groq', 'm', { reasoningEffort: 'low' }, /`reasoning_effort` is not supported with this model/],
    ['template', 'm', { topP: 0 }, /top_p must be in \(0, 1\], got 0/],
  ])('%s, of %s', async (rules, model, settings, words) => {
    const asked = await sent(rules, async () => {
      await expect(fresh(rules, model)(settings)).rejects.toMatchObject({
        code: 'MODEL_REJECTED',
        message: expect.stringMatching(words),
      });
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'Unrecognized request argument supplied: max_tokens',
    "litellm.UnsupportedParamsError: m does not support parameters: {'max_tokens': 100}, for model=m.",
    "[{'type': 'extra_forbidden', 'loc': ('body', 'max_tokens'), 'msg': 'Extra inputs are not permitted'}]",
    'unknown field `max_tokens`, expected one of `messages`, `model`, `max_completion_tokens`',
    "property 'max_tokens' is unsupported",
    "generate() got an unexpected keyword argument 'max_tokens'",
  ])('in whatever words a name is refused, the other is tried: %s', async (message) => {
    const server = serverOf('template');
    server.script([{ status: 400, error: { message } }, says('Hi.')]);
    expect(await sent('template', async () => await fresh('template', 'm')({ maxTokens: 100 }))).toEqual([
      { max_tokens: 100 },
      { max_completion_tokens: 100 },
    ]);
    server.script(() => says('Hi.'));
  });

  test('one that it knows under neither name quotes it twice, each time', async () => {
    const ask = fresh('gemini', 'm');
    for (let nth = 0; nth < 2; nth += 1) {
      await expect(ask({ seed: 1 })).rejects.toMatchObject({
        code: 'MODEL_REJECTED',
        message: expect.stringMatching(/Unknown name "seed".* under its other name: .*Unknown name "random_seed"/),
      });
    }
  });

  test.each([
    'max_tokens is too large: 100. This model supports at most 64 completion tokens.',
    'The parameter `max_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 64',
    "Unsupported value: 'max_tokens' must be at least 128.",
    'unknown field `reasoning_effort`, expected one of `model`, `max_tokens`',
    "Unsupported parameter: 'temperature' is not supported. The request was max_tokens=100.",
  ])('and neither a value nor another field is a reason to try a name that may be ignored: %s', async (message) => {
    const server = serverOf('openai');
    server.script([{ status: 400, error: { message } }]);
    const asked = await sent('openai', async () => {
      await expect(fresh('openai', 'm')({ maxTokens: 100 })).rejects.toMatchObject({ code: 'MODEL_REJECTED' });
    });
    expect(asked).toHaveLength(1);
    server.script(() => says('Hi.'));
  });
});

test('the settings of an agent go before those of the model, one by one; extra fields are put together', async () => {
  const asked: ModelSettings[] = [];
  const model = withSettings(
    {
      title: 'm',
      ask: async ({ settings }) => {
        asked.push(settings);
        return await Promise.resolve({ content: '', toolCalls: [], finishReason: 'stop' });
      },
    },
    { temperature: 0.1, maxTokens: 10, extraBody: { a: 1, b: { c: 1 } } },
  );
  const options = { signal: new AbortController().signal, onText: () => undefined, timeoutMs: 1 };
  const request = { llm: 'm', system: [], messages: [], tools: [], allowParallelToolCalls: true, stream: false };
  await model.ask({ ...request, settings: { temperature: 0.9, extraBody: { b: { d: 1 } } } }, options);
  await model.ask({ ...request, settings: {} }, options);
  expect(asked).toEqual([
    { temperature: 0.9, maxTokens: 10, extraBody: { a: 1, b: { d: 1 } } },
    { temperature: 0.1, maxTokens: 10, extraBody: { a: 1, b: { c: 1 } } },
  ]);
});
