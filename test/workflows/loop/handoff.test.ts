import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const toolsOffered = (): readonly (readonly string[])[] =>
  temporal.requests.map(({ tools = [] }) => tools.map((tool) => tool.function.name));

test('after a handoff the other agent goes on, with its own prompt and tools and the whole conversation', async () => {
  const run = await temporal.run('teamAgent', [
    calls(['handoff', { to_agent: 'B', reason: 'needs asking' }]),
    calls(['confirm', { question: 'Sure? ' }]),
    says('B done.'),
  ]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  expect(await run.pendingInputs()).toMatchObject([{ agents: ['B'] }]);
  await run.respond(question, 'yes');
  expect(await run.result()).toMatchObject({ response: 'B done.', agent: 'B' });
  const inputs = (await allEvents(run)).filter(({ type }) => type === 'AgentInput');
  expect(inputs.map((event) => event['agent'])).toEqual(['A', 'B', 'B']);
  expect(toolsOffered()).toEqual([
    ['add', 'direct', 'handoff'],
    ['confirm', 'handoff'],
    ['confirm', 'handoff'],
  ]);
  expect(temporal.requests[1]?.messages[0]).toMatchObject({ role: 'system', content: 'You are B.' });
  expect(temporal.requests[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
});

test('an agent that is unknown, or that may not be handed to, is told to the model and is no error', async () => {
  const run = await temporal.run('teamAgent', [
    calls(['handoff', { to_agent: 'Z', reason: 'x' }]),
    calls(['handoff', { to_agent: 'C', reason: 'x' }]),
    calls(['handoff', { to_agent: 'B' }]),
    says('I stay A.'),
  ]);
  expect(await run.result()).toMatchObject({ response: 'I stay A.', agent: 'A' });
  const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  expect(results.map((event) => event['isError'])).toEqual([false, false, true]);
  expect(results[1]?.['toolOutput']).toBe('Agent A cannot hand over to "C". It can hand over to: B.');
});

test('a call beside a handoff keeps its result, and a second handoff is not done', async () => {
  const run = await temporal.run('teamAgent', [
    calls(
      ['handoff', { to_agent: 'B', reason: 'x' }],
      ['add', { a: 1, b: 2 }],
      ['handoff', { to_agent: 'B', reason: 'y' }],
    ),
    says('B here.'),
  ]);
  expect(await run.result()).toMatchObject({ response: 'B here.', agent: 'B' });
  const tools = temporal.requests[1]?.messages.filter(({ role }) => role === 'tool');
  expect(tools?.map(({ content }) => content)).toEqual([
    expect.stringContaining('Agent B is now handling'),
    '3',
    'Agent B has the conversation already.',
  ]);
});

test.each([
  ['before', [['direct'], ['handoff', { to_agent: 'B', reason: 'x' }]]],
  ['after', [['handoff', { to_agent: 'B', reason: 'x' }], ['direct']]],
] as const)(
  'a returnDirect tool %s a handoff ends the turn, and the model is told that nothing was handed over',
  async (_where, made) => {
    const run = await temporal.run('teamAgent', [calls(...made)]);
    expect(await run.result()).toMatchObject({ response: 'directly', agent: 'A' });
    const handoff = (await allEvents(run)).find(
      ({ type, toolName }) => type === 'ToolCallResult' && toolName === 'handoff',
    );
    expect(handoff?.['toolOutput']).toContain('Nothing was handed over');
  },
);

test('an agent that may hand over to nobody is not offered the tool', async () => {
  const run = await temporal.run('toolAgent', [says('Alone.')]);
  await run.result();
  expect(toolsOffered()[0]).not.toContain('handoff');
});
