import { describe, expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

describe('a reply that nobody can use is asked for again, and is no part of the conversation', () => {
  test.each([
    ['nothing', { content: '' }],
    ['a blank text', { content: ' \n' }],
    ['a withheld one', { content: '', finishReason: 'content_filter' }],
    ['a limit before the first word', { content: '', finishReason: 'length' }],
    [
      'a call that the model failed to write',
      { content: '', finishReason: 'function_call_filter: MALFORMED_FUNCTION_CALL' },
    ],
    [
      'a call that the provider could not read',
      { status: 400, error: { code: 'tool_use_failed', message: 'Failed to call a function.' } },
    ],
  ])('%s', async (_name, reply) => {
    const run = await temporal.run('toolAgent', [reply, says('Here I am.')]);
    expect(String(await run.result())).toBe('Here I am.');
    expect(temporal.requests).toHaveLength(2);
    expect((await run.context()).messages).toEqual([
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: 'Here I am.' },
    ]);
    expect((await allEvents(run)).filter(({ type }) => type === 'AgentOutput')).toHaveLength(1);
  });

  test('three times at most, then the run fails and says what the last one was', async () => {
    const withheld = { content: '', finishReason: 'content_filter' };
    const run = await temporal.run('toolAgent', [withheld, withheld, withheld, says('Too late.')]);
    await expect(run.result()).rejects.toMatchObject({
      details: { cause: 'MODEL_REPLY_UNUSABLE' },
      message: expect.stringMatching(/3 times in a row.*the provider's filter withheld it \(content_filter\)/),
    });
    expect(temporal.requests).toHaveLength(3);
  });
});

describe('a reply that was cut off', () => {
  test('says so where it is shown, and in the result', async () => {
    const run = await temporal.run('toolAgent', [
      { content: 'Refund approved. But it is void unless', finishReason: 'length' },
    ]);
    expect(await run.result()).toMatchObject({
      response: 'Refund approved. But it is void unless',
      finishReason: 'length',
    });
    expect(await eventOfType(run, 'AgentOutput')).toMatchObject({ finishReason: 'length' });
  });

  test('has none of its calls run, whole as they look, and the model is told', async () => {
    const cutOff = { ...calls(['add', { a: 1, b: 2 }], ['direct', '']), finishReason: 'length' };
    const run = await temporal.run('toolAgent', [cutOff, says('Sorry.')]);
    expect(await run.result()).toMatchObject({ response: 'Sorry.' });
    expect(await run.result()).not.toHaveProperty('finishReason');
    const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
    expect(results).toHaveLength(2);
    for (const result of results) {
      expect(result).toMatchObject({ isError: true, toolOutput: expect.stringMatching(/cut off at its length limit/) });
    }
    expect(temporal.requests[1]?.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: expect.stringMatching(/cut off/),
    });
  });
});

test('a number that JSON would round is never shown nor run as another', async () => {
  const run = await temporal.run('exactAgent', [calls(['find_page', '{"id":2512292042121000001}']), says('Sorry.')]);
  expect(String(await run.result())).toBe('Sorry.');
  const events = await allEvents(run);
  expect(events.find(({ type }) => type === 'ToolCallResult')).toMatchObject({
    isError: true,
    toolOutput: expect.stringMatching(/2512292042121000001 has more digits than can be kept, so send it as a string/),
  });
  expect(JSON.stringify(events)).not.toContain('2512292042121000000');
});

test('what a schema makes of arguments is what is shown, recorded and run', async () => {
  const run = await temporal.run('exactAgent', [
    calls(['find_orders', { query: ' ABC ', admin: true }], ['wait', { days: '3' }], ['find_page', {}]),
    says('Done.'),
  ]);
  expect(String(await run.result())).toBe('Done.');
  const events = await allEvents(run);
  const shown = events.filter(({ type }) => type === 'ToolCall').map((event) => event['toolKwargs']);
  expect(shown).toEqual([{ query: 'abc', limit: 10 }, { days: 3 }, { id: 1 }]);
  const results = events.filter(({ type }) => type === 'ToolCallResult');
  const outputs = new Map(results.map((event) => [event['toolName'], JSON.parse(String(event['toolOutput']))]));
  expect(outputs.get('find_orders')).toEqual({ query: 'abc', limit: 10 });
  expect(outputs.get('wait')).toEqual({ days: 3 });
  expect(outputs.get('find_page')).toEqual({ id: 1, orders: JSON.stringify({ query: 'abc', limit: 10 }) });
  const { messages } = await run.context();
  expect(messages[1]).toMatchObject({
    toolCalls: [{ args: { query: 'abc', limit: 10 }, isMade: true }, { args: { days: 3 } }, {}],
  });
});

test('what a provider wants to have back goes back to it, through a context too', async () => {
  const extra = { extra_content: { google: { thought_signature: 'sig' } } };
  const reply = { toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 }, extra }] };
  const run = await temporal.run('toolAgent', [reply, says('3')]);
  await run.result();
  expect(temporal.requests[1]?.messages[1]?.tool_calls?.[0]).toMatchObject(extra);
  const context = await run.context();
  const next = await temporal.run('toolAgent', [says('Still 3.')], { context, userMsg: 'Sure?' });
  expect(String(await next.result())).toBe('Still 3.');
  expect(temporal.requests[0]?.messages[1]?.tool_calls?.[0]).toMatchObject(extra);
});

test('tokens are told with each reply and summed by model, over contexts too', async () => {
  const run = await temporal.run('toolAgent', [{ content: '' }, calls(['add', { a: 1, b: 2 }]), says('3')]);
  const { usage } = await run.result();
  expect(usage).toEqual({ scripted: { calls: 3, inputTokens: expect.any(Number), outputTokens: expect.any(Number) } });
  const outputs = (await allEvents(run)).filter(({ type }) => type === 'AgentOutput');
  for (const output of outputs) expect(output['usage']).toMatchObject({ inputTokens: expect.any(Number) });
  expect((await run.status()).usage).toEqual(usage);
  const next = await temporal.run('toolAgent', [says('Yes.')], { context: await run.context(), userMsg: 'Sure?' });
  expect((await next.result()).usage).toMatchObject({ scripted: { calls: 4 } });
});

test('a call that takes longer than its agent’s modelTimeout is made again', async () => {
  const never = new Promise<never>(() => undefined);
  const run = await temporal.run('hastyModelAgent', [{ content: 'Late.', hold: never }, says('In time.')]);
  expect(String(await run.result())).toBe('In time.');
  expect(temporal.requests).toHaveLength(2);
});

test('a limit that ends after modelRetryFor fails the run at once, and says when it ends', async () => {
  const reply = { status: 429, headers: { 'retry-after': '7200' }, error: { message: 'tokens per day' } };
  const run = await temporal.run('exactAgent', [reply, says('Too late.')]);
  await expect(run.result()).rejects.toMatchObject({
    details: { cause: 'MODEL_UNAVAILABLE' },
    message: expect.stringMatching(
      /tokens per day.*takes no more requests until 20\d\d-.*modelRetryFor ends before that/,
    ),
  });
  expect(temporal.requests).toHaveLength(1);
});
