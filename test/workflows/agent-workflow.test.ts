import { describe, expect, test } from '@jest/globals';
import { allEvents, calls, EXAMPLE_STREAM, eventOfType, says, useTemporal, type MadeCall } from '../setup/temporal';

const temporal = useTemporal();
const GO_ON = { userMsg: 'I want to proceed with the dangerous task.' };

describe('the example of the documentation', () => {
  test.each([
    ['yes', 'Dangerous task completed successfully.'],
    ['no', 'Dangerous task aborted.'],
  ])('answered with %s, the tool gives "%s" and the model is told', async (response, output) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')], GO_ON);
    const question = await eventOfType(run, 'InputRequiredEvent');
    expect(question).toMatchObject({ prefix: 'Are you sure you want to proceed? ', user_name: 'Laurie' });
    await run.respond(question, { response, user_name: 'Laurie' });

    const events = await allEvents(run);
    expect(events.map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(8);
    expect(events[4]).toMatchObject({ toolId: 'call_1', toolOutput: output, isError: false });
    expect(String(await run.result())).toBe('All done.');
    expect(temporal.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  });

  test('costs as many history events as a bare workflow when it is answered by signal: 21', async () => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')], GO_ON);
    await eventOfType(run, 'InputRequiredEvent');
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' });
    await run.result();
    expect(await temporal.historyLength(run.workflowId)).toBe(21);
  });

  test('can be started with a bare string', async () => {
    const run = await temporal.run('dangerousAgent', [says('Hello.')], 'Hi');
    expect(String(await run.result())).toBe('Hello.');
    expect(temporal.requests[0]?.messages.at(-1)).toMatchObject({ role: 'user', content: 'Hi' });
  });
});

describe('what a model or a tool does wrong becomes a tool error that the model is told', () => {
  const cases: readonly [string, MadeCall, RegExp][] = [
    ['an unknown tool', ['nope', { x: 1 }], /no tool "nope".*confirm/],
    ['arguments that are not JSON', ['add', 'not json at all'], /not JSON/],
    ['arguments cut off', ['add', '{"a": 1, "b": 2'], /not JSON/],
    ['arguments that are a list', ['add', '[1, 2]'], /not a JSON object/],
    ['arguments of a wrong type', ['add', { a: 'x', b: 2 }], /"a"/],
    ['an unknown argument', ['add', { a: 1, b: 2, c: 3 }], /"c"/],
    ['a missing argument', ['add', { a: 1 }], /"b"/],
    ['a prototype in the arguments', ['add', '{"a":1,"b":2,"__proto__":{"c":3}}'], /__proto__/],
    ['a tool that throws an error', ['throwing', { what: 'error' }], /^kaput$/],
    ['a tool that throws a text', ['throwing', { what: 'text' }], /^just a text$/],
    ['a tool that throws nothing', ['throwing', { what: 'nothing' }], /^undefined$/],
    ['a tool that throws what cannot be shown', ['throwing', { what: 'circle' }], /cannot be shown/],
    ['a tool whose output is a function', ['gives', { what: 'function' }], /not JSON.*function/],
    ['a tool whose output is no JSON number', ['gives', { what: 'infinity' }], /not JSON.*Infinity/],
    ['an activity tool whose output is not JSON', ['not_json', {}], /not JSON.*Map/],
    ['an activity tool whose output does not fit its schema', ['misfit', {}], /Expected number/],
    ['an activity tool that fails', ['failing', {}], /^it never works$/],
    ['a tool that writes an event of the run itself', ['rogue', {}], /StopEvent/],
  ];
  test.each(cases)('%s', async (_name, call, message) => {
    const run = await temporal.run('toolAgent', [calls(call), says('Sorry.')]);
    const result = await eventOfType(run, 'ToolCallResult');
    expect(result).toMatchObject({ toolId: 'call_1', isError: true });
    expect(result['toolOutput']).toMatch(message);
    expect(String(await run.result())).toBe('Sorry.');
    expect(temporal.requests.at(-1)?.messages.at(-1)?.content).toBe(result['toolOutput']);
  });

  test('promises that a tool leaves behind do not touch the run', async () => {
    const run = await temporal.run('toolAgent', [calls(['unawaited']), says('Fine.')]);
    expect(String(await run.result())).toBe('Fine.');
  });
});

describe('tools', () => {
  test.each([
    ['an object', 'object', '{"a":[1,2]}'],
    ['a number', 'number', '7'],
    ['nothing', 'nothing', ''],
  ])('%s is given to the model as text', async (_name, what, text) => {
    const run = await temporal.run('toolAgent', [calls(['gives', { what }]), says('Thanks.')]);
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: text, isError: false });
    await run.result();
  });

  test('empty arguments mean none', async () => {
    const run = await temporal.run('toolAgent', [calls(['direct', ''])]);
    expect(String(await run.result())).toBe('directly');
  });

  test('a returnDirect tool ends the turn without another model call', async () => {
    const run = await temporal.run('toolAgent', [calls(['direct'])]);
    expect(String(await run.result())).toBe('directly');
    expect(temporal.requests).toHaveLength(1);
  });

  test('calls of one reply run side by side, and each has one tool message, in the order of the calls', async () => {
    const run = await temporal.run('toolAgent', [
      calls(['confirm', { question: 'first?' }], ['add', { a: 1, b: 2 }], ['confirm', { question: 'third?' }]),
      says('Done.'),
    ]);
    const sum = await eventOfType(run, 'ToolCallResult');
    expect(sum).toMatchObject({ toolId: 'call_2', toolOutput: '3' });
    const [third] = (await run.pendingInputs()).filter(({ toolId }) => toolId === 'call_3');
    await run.respond(third as { inputId: string }, 'c');
    const [first] = await run.pendingInputs();
    await run.respond(first as { inputId: string }, 'a');
    await run.result();
    const messages = temporal.requests.at(-1)?.messages.filter(({ role }) => role === 'tool');
    expect(messages?.map((message) => [message.tool_call_id, message.content])).toEqual([
      ['call_1', 'first? a'],
      ['call_2', '3'],
      ['call_3', 'third? c'],
    ]);
  });
});

describe('limits and inputs', () => {
  test('the tools of the last allowed reply are not run, and the run fails with MAX_ITERATIONS', async () => {
    const again = calls(['add', { a: 1, b: 1 }]);
    const run = await temporal.run('toolAgent', [again, again, again], { userMsg: 'Go.', maxIterations: 2 });
    const events = await allEvents(run);
    expect(events.filter(({ type }) => type === 'ToolCall')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'StopEvent/WorkflowFailedEvent', code: 'MAX_ITERATIONS' });
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_FAILED', details: { cause: 'MAX_ITERATIONS' } });
  });

  test('an answer within the limit is an answer', async () => {
    const run = await temporal.run('toolAgent', [says('Hello.')], { userMsg: 'Go.', maxIterations: 1 });
    expect(String(await run.result())).toBe('Hello.');
  });

  test('earlier messages come before the user message', async () => {
    const run = await temporal.run('toolAgent', [says('Yes.')], {
      chatHistory: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
      userMsg: 'c',
    });
    await run.result();
    expect(temporal.requests[0]?.messages.map(({ content }) => content)).toEqual(['a', 'b', 'c']);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /no input/],
    ['null', null, /no input/],
    ['a number', 7, /input is wrong/],
    ['no message', {}, /userMsg/],
    ['an empty message', { userMsg: '  ' }, /empty/],
    ['a misspelt field', { userMessage: 'x' }, /unknown field "userMessage" \(did you mean "userMsg"\?\)/],
    ['a message of a wrong type', { userMsg: 7 }, /userMsg/],
    ['a history that ends with the assistant', { chatHistory: [{ role: 'assistant', content: 'x' }] }, /user message/],
    ['a limit of zero', { userMsg: 'x', maxIterations: 0 }, /maxIterations/],
  ])('a start with %s fails at once and says why', async (_name, input, message) => {
    const args = input === undefined ? [] : [input];
    const handle = await temporal.client.temporal.workflow.start('toolAgent', {
      taskQueue: temporal.taskQueue,
      workflowId: `bad-${crypto.randomUUID()}`,
      args,
    });
    const run = temporal.client.getHandler(handle.workflowId);
    await expect(run.result()).rejects.toMatchObject({
      code: 'RUN_FAILED',
      message: expect.stringMatching(message),
      details: { cause: 'INVALID_INPUT' },
    });
    expect((await allEvents(run)).at(-1)).toMatchObject({
      type: 'StopEvent/WorkflowFailedEvent',
      code: 'INVALID_INPUT',
    });
  });
});
