import { expect, test } from '@jest/globals';
import { aiSdkModel } from '../../../src/ai-sdk';
import { asked, call, options, result, stub } from './stub';

test.each([
  ['a setting that the model says it does not take', { temperature: 1 }, 'v3', /does not take the setting temperature/],
  ['extraBody', { extraBody: { a: 1 } }, 'v3', /has no extraBody.*providerOptions/],
  ['reasoningEffort before specification 4', { reasoningEffort: 'low' }, 'v2', /has no reasoningEffort/],
])('%s is an error, and not left out', async (_what, settings, specificationVersion, message) => {
  const warnings = [{ type: 'unsupported', feature: 'temperature' }];
  const model = aiSdkModel(stub({ specificationVersion, doGenerate: async () => ({ ...result, warnings }) }));
  await expect(model.ask({ ...asked, settings }, options)).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringMatching(message),
  });
});

test('texts with something between them are said apart, and go back as they came', async () => {
  const thought = { type: 'reasoning', text: 'Hm.', providerMetadata: { p: { signature: 's' } } };
  const said = (text: string): object => ({ type: 'text', text });
  const asked2: unknown[] = [];
  const content = [
    said('Let me'),
    said(' see.'),
    thought,
    said('Now.'),
    { ...call, input: '{}' },
    { ...call, input: '{}' },
  ];
  const model = aiSdkModel(
    stub({
      doGenerate: async (given: { prompt: unknown }) => {
        asked2.push(given.prompt);
        return { ...result, content, finishReason: { unified: 'tool-calls', raw: 'x' } };
      },
    }),
  );
  const { content: text, toolCalls, provider } = await model.ask(asked, options);
  expect(text).toBe('Let me see.\n\nNow.');
  expect(toolCalls.map(({ id }) => id)).toEqual(['a', 'a_5']);
  const message = {
    role: 'assistant' as const,
    content: text,
    toolCalls: toolCalls.map(({ id, name }) => ({ id, name, args: {} })),
    ...(provider === undefined ? {} : { provider }),
  };
  const results = toolCalls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: 'Done.' }));
  const tools = [{ name: 'wipe', description: '', parameters: { type: 'object' } }];
  await model.ask({ ...asked, tools, messages: [...asked.messages, message, ...results] }, options);
  const [, back] = asked2[1] as readonly { content: readonly { type: string; text?: string }[] }[];
  expect(back?.content.map(({ type, text: one }) => one ?? type)).toEqual([
    'Let me',
    ' see.',
    'Hm.',
    'Now.',
    'tool-call',
    'tool-call',
  ]);
});

test('a text that is blank does not go back: Anthropic refuses it', async () => {
  const thought = { type: 'reasoning', text: 'Hm.', providerMetadata: { p: { signature: 's' } } };
  const content = [
    { type: 'text', text: '\n\n' },
    thought,
    { type: 'text', text: 'I look.' },
    { ...call, input: '{}' },
  ];
  const sent: unknown[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async (given: { prompt: unknown }) => {
        sent.push(given.prompt);
        return { ...result, content, finishReason: { unified: 'tool-calls', raw: 'x' } };
      },
    }),
  );
  const { content: text, toolCalls, provider } = await model.ask(asked, options);
  const calls = toolCalls.map(({ id, name }) => ({ id, name, args: {} }));
  const also = provider === undefined ? {} : { provider };
  const messages = [
    ...asked.messages,
    { role: 'assistant' as const, content: text, toolCalls: calls, ...also },
    { role: 'tool' as const, toolCallId: 'a', content: 'Done.' },
  ];
  await model.ask({ ...asked, tools: [{ name: 'wipe', description: '', parameters: {} }], messages }, options);
  const [, back] = sent[1] as readonly { content: readonly { type: string; text?: string }[] }[];
  expect(back?.content.map(({ type, text: one }) => one ?? type)).toEqual(['Hm.', 'I look.', 'tool-call']);
});

test('ids that the provider refuses are given anew, from then on', async () => {
  const sent: string[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async ({ prompt }: { prompt: readonly { content: readonly { toolCallId?: string }[] }[] }) => {
        const id = prompt
          .flatMap(({ content }) => content)
          .find(({ toolCallId }) => toolCallId !== undefined)?.toolCallId;
        sent.push(id ?? '');
        if (/^[a-zA-Z0-9]{9}$/.test(id ?? '')) return result;
        const message = `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`;
        throw Object.assign(new Error(message), { statusCode: 400, responseBody: JSON.stringify({ message }) });
      },
    }),
  );
  const toolCalls = [{ id: 'call_1', name: 'wipe', args: {} }];
  const messages = [
    ...asked.messages,
    { role: 'assistant' as const, content: '', toolCalls },
    { role: 'tool' as const, toolCallId: 'call_1', content: 'Done.' },
  ];
  const tools = [{ name: 'wipe', description: '', parameters: { type: 'object' } }];
  for (const _time of [1, 2])
    expect(await model.ask({ ...asked, tools, messages }, options)).toMatchObject({ content: 'Hi.' });
  expect(sent).toEqual(['call_1', expect.stringMatching(/^\w{9}$/), sent[1]]);
});

test('a file is given with its type, or refused', async () => {
  const given: unknown[] = [];
  const model = aiSdkModel(
    stub({
      doGenerate: async ({ prompt }: { prompt: readonly { content: readonly object[] }[] }) => {
        given.push(prompt[0]?.content[0]);
        return result;
      },
    }),
  );
  const ask = async (file: object) =>
    await model.ask({ ...asked, messages: [{ role: 'user', content: [{ type: 'file', file }] }] }, options);
  await ask({ file_data: 'JVBERi0x', filename: 'a.PDF' });
  await ask({ file_data: 'data:text/csv;charset=utf-8;base64,YSxi', filename: 'a.csv' });
  expect(given).toEqual([
    { type: 'file', mediaType: 'application/pdf', data: 'JVBERi0x', filename: 'a.PDF' },
    { type: 'file', mediaType: 'text/csv', data: 'YSxi', filename: 'a.csv' },
  ]);
  await expect(ask({ file_data: 'YSxi', filename: 'a.csv' })).rejects.toMatchObject({
    code: 'MODEL_REJECTED',
    message: expect.stringContaining('give them as a data: URL'),
  });
});
