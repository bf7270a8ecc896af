import { expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { ask, callsOf, saying, withModel } from './with-model';

function tool(name: string, parameters: Record<string, unknown> = {}): OpenAI.ChatCompletionTool {
  return { type: 'function', function: { name, parameters: { type: 'object', ...parameters } } };
}

/** The arguments auto mode makes for a tool whose one required property has this schema. */
async function argumentFor(schema: object, text = 'Refund order A-1043, please!', more = {}): Promise<unknown> {
  let value: unknown;
  await withModel({}, async (_model, openai) => {
    const tools = [tool('t', { properties: { x: schema }, required: ['x'], ...more })];
    const [call] = callsOf(await ask(openai, saying(text, { tools })));
    value = JSON.parse(call?.[1] ?? 'null').x;
  });
  return value;
}

test('without a script the first tool that is no handoff is called', async () => {
  await withModel({}, async (_model, openai) => {
    const tools = [tool('handoff'), tool('transfer_to_bob'), tool('dangerous_task'), tool('other')];
    expect(callsOf(await ask(openai, saying('go', { tools })))).toEqual([['dangerous_task', '{}']]);
  });
});

test('without a tool to call the user is repeated', async () => {
  await withModel({}, async (_model, openai) => {
    expect((await ask(openai, saying('hello there'))).content).toBe('You said: hello there');
    expect((await ask(openai, saying('hi', { tools: [tool('handoff')] }))).content).toBe('You said: hi');
    expect((await ask(openai, saying('hi', { tools: [tool('t')], tool_choice: 'none' }))).content).toBe('You said: hi');
    const parts = [
      { type: 'text' as const, text: 'in ' },
      { type: 'text' as const, text: 'parts' },
    ];
    expect((await ask(openai, { model: 'm', messages: [{ role: 'user', content: parts }] })).content).toBe(
      'You said: in parts',
    );
  });
});

test('all trailing tool results are quoted word for word, and earlier ones are not', async () => {
  const result = (content: string, id = 'c'): OpenAI.ChatCompletionMessageParam => ({
    role: 'tool',
    tool_call_id: id,
    content,
  });
  const called = (...ids: readonly string[]): OpenAI.ChatCompletionMessageParam => ({
    role: 'assistant',
    tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'dangerous_task', arguments: '{}' } })),
  });
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'go' },
    called('c'),
    result('an old result'),
    called('c', 'd'),
    result('Dangerous task completed successfully.'),
    result('Dangerous task aborted.', 'd'),
  ];
  await withModel({}, async (_model, openai) => {
    const { content } = await ask(openai, { model: 'm', messages, tools: [tool('dangerous_task')] });
    expect(content).toBe(
      'The tool reported: Dangerous task completed successfully.\nThe tool reported: Dangerous task aborted.',
    );
  });
});

test('tool_choice is obeyed', async () => {
  await withModel({}, async (_model, openai) => {
    const tools = [tool('first'), tool('second')];
    const named = { type: 'function' as const, function: { name: 'second' } };
    expect(callsOf(await ask(openai, saying('go', { tools, tool_choice: named })))).toEqual([['second', '{}']]);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'assistant', content: 'x' }];
    const required = await ask(openai, { model: 'm', messages, tools, tool_choice: 'required' });
    expect(callsOf(required)).toEqual([['first', '{}']]);
  });
});

test('a JSON schema asked for is answered with an example of it', async () => {
  const schema = { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] };
  const response_format = { type: 'json_schema' as const, json_schema: { name: 'person', schema } };
  await withModel({}, async (_model, openai) => {
    expect((await ask(openai, saying('who?', { response_format }))).content).toBe('{"age":1}');
  });
});

test('arguments are made from the schema', async () => {
  const cases: readonly (readonly [schema: object, value: unknown])[] = [
    [{ type: 'string' }, 'please'],
    [{ type: 'string', minLength: 8 }, 'please..'],
    [{ type: 'string', maxLength: 3 }, 'ple'],
    [{ type: 'number' }, 1],
    [{ type: 'integer', minimum: 5 }, 5],
    [{ type: 'integer', minimum: -5, maximum: 0 }, 0],
    [{ type: 'integer', exclusiveMinimum: 5 }, 6],
    [{ type: 'boolean' }, true],
    [{ type: 'null' }, null],
    [{ enum: ['low', 'high'] }, 'low'],
    [{ const: 42 }, 42],
    [{ type: 'array', items: { type: 'string' } }, []],
    [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, [1, 1]],
    [{ type: ['null', 'boolean'] }, true],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 1],
    [{ $ref: '#/$defs/flag' }, true],
    [{ type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['b'] }, { b: 1 }],
    [{ type: 'something new' }, null],
    [{}, null],
  ];
  for (const [schema, value] of cases) {
    expect([schema, await argumentFor(schema, undefined, { $defs: { flag: { type: 'boolean' } } })]).toEqual([
      schema,
      value,
    ]);
  }
});

test('a string without a word to take is "example"', async () => {
  expect(await argumentFor({ type: 'string' }, '?!')).toBe('example');
  expect(await argumentFor({ type: 'string' }, 'Refund A-1043.')).toBe('A-1043');
});

test('a schema that refers to itself ends', async () => {
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['next'] };
  expect(await argumentFor({ $ref: '#/$defs/node' }, 'x', { $defs: { node } })).toMatchObject({ next: { next: {} } });
});
