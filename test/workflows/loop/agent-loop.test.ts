import { describe, expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

describe('when the steps are used up', () => {
  const add = (id: string): ReturnType<typeof calls> => calls(['add', { a: 1, b: 1 }, id]);

  test('generate asks the model once more, without tools, and it sees what the tools gave', async () => {
    const run = await temporal.run('toolAgent', [add('a'), add('b'), says('Best effort.')], {
      userMsg: 'loop',
      maxIterations: 2,
      earlyStoppingMethod: 'generate',
    });
    expect(await run.result()).toMatchObject({ response: 'Best effort.', toolCalls: [{ toolId: 'a' }] });
    const last = temporal.requests.at(-1);
    expect(last?.tools).toBeUndefined();
    expect(last?.messages.filter(({ role }) => role === 'tool')).toEqual([]);
    const told = last?.messages.map(({ content }) => content).join('\n');
    expect(told).toContain('(The tool gave: 2)');
    expect(told).toContain('Not run: the limit of 2 steps was reached.');
    const types = (await allEvents(run)).map(({ type }) => type);
    expect(types.slice(-4)).toEqual(['AgentInput', 'AgentOutput', 'AgentOutput', 'StopEvent']);
  });
});

describe('the state prompt', () => {
  test('is rendered for each model call, and kept out of the history', async () => {
    const run = await temporal.run('statefulAgent', [calls(['note', { text: 'hi' }]), says('Noted.')], 'first');
    await run.result();
    const told = temporal.requests.map(({ messages }) => messages.find(({ role }) => role === 'user')?.content);
    expect(told[0]).toMatch(/"note": "none"[\s\S]*first/);
    expect(told[1]).toMatch(/"note": "hi"[\s\S]*first/);
    const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
    expect(await handle.query('transcript')).toMatchObject({
      messages: [{ role: 'user', content: 'first' }, {}, {}, {}],
    });
  });

  test('is read with the transcript when both are too large to hand over', async () => {
    const text = 'x'.repeat(5000);
    const run = await temporal.run('statefulAgent', [calls(['note', { text }]), says('Noted.')], 'first');
    await run.result();
    expect(temporal.requests[1]?.messages.find(({ role }) => role === 'user')?.content).toContain(text);
  });
});

test('options of an agent reach its provider: no parallel calls, a tool choice for the user’s message only', async () => {
  const run = await temporal.run('statefulAgent', [calls(['note', { text: 'hi' }]), says('Noted.')], 'first');
  await run.result();
  expect(temporal.requests.map((request) => [request.parallel_tool_calls, request.tool_choice])).toEqual([
    [false, 'required'],
    [false, undefined],
  ]);
});

describe('the outcome as data', () => {
  test('is asked of the model by schema, and is an event before the end', async () => {
    const run = await temporal.run('personAgent', [says('Bob is 5.'), says('{"name":"Bob","age":5}')], 'who?');
    const person = { name: 'Bob', age: 5 };
    expect(await run.result()).toMatchObject({ response: 'Bob is 5.', structuredResponse: person });
    expect((await allEvents(run)).at(-2)).toMatchObject({ type: 'AgentStreamStructuredOutput', output: person });
    expect(temporal.requests.map(({ stream }) => stream)).toEqual([false, false]);
    expect(temporal.requests[1]).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: { required: ['name', 'age'] } } },
    });
  });

  test.each(['{"name":"Bob","age":"x"}', 'no JSON', ''])(
    'that does not fit (%s) is left out: the response stands',
    async (content) => {
      const run = await temporal.run('personAgent', [says('Bob is 5.'), says(content)], 'who?');
      const result = await run.result();
      expect(result.response).toBe('Bob is 5.');
      expect(result.structuredResponse).toBeUndefined();
    },
  );

  test.each([
    ['Count.', { messages: 2 }],
    ['Break.', undefined],
  ])('by code of the author (%s)', async (message, expected) => {
    const run = await temporal.run('countingAgent', [says('Fine.')], message);
    expect((await run.result()).structuredResponse).toEqual(expected);
  });
});

describe('a timeout of the whole run', () => {
  test('counts waiting for people, and ends the run as timed out', async () => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])], {
      userMsg: 'Go.',
      timeout: '300 ms',
    });
    await eventOfType(run, 'InputRequiredEvent');
    await expect(run.result()).rejects.toMatchObject({
      code: 'RUN_TIMED_OUT',
      message: expect.stringContaining('300 ms'),
    });
    expect((await allEvents(run)).at(-1)).toMatchObject({ type: 'StopEvent/WorkflowTimedOutEvent', seq: 4 });
    expect(await run.pendingInputs()).toEqual([]);
  });

  test.each([0, -1, 'soon', Number.MAX_VALUE])('of %s is an error at the start', async (timeout) => {
    const run = await temporal.run('dangerousAgent', [says('never')], { userMsg: 'Go.', timeout });
    await expect(run.result()).rejects.toMatchObject({ details: { cause: 'INVALID_DURATION' } });
  });

  test('a run that is cancelled before its timeout is cancelled', async () => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])], {
      userMsg: 'Go.',
      timeout: '1 hour',
    });
    await eventOfType(run, 'InputRequiredEvent');
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  });
});
