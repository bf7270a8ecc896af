import { expect, test } from '@jest/globals';
import { readDefinitions } from '../../../src/activities';
import { agentTool, AgentWorkflow } from '../../../src/workflows';
import { allEvents, calls, eventOf, eventOfType, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

const office = (request = 'Work.'): ReturnType<typeof calls> => calls(['office', { request }]);
const clerk = (request = 'Ask.'): ReturnType<typeof calls> => calls(['clerk', { request }]);

test('a question two agents down is one pending input of the run, and its answer resumes exactly there', async () => {
  const run = await temporal.run('headAgent', [
    office('Find out.'),
    clerk('Ask Ann.'),
    calls(['confirm', { question: 'Ann? ' }]),
    says('Ann said yes.'),
    says('The clerk has it.'),
    says('Done.'),
  ]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  const agents = ['headAgent', 'officeAgent', 'clerkAgent'];
  expect(await run.pendingInputs()).toMatchObject([
    { inputId: expect.stringMatching(/^1\.0\.0\.1\.0\.0\.1\.0\.0-/), agents, toolName: 'confirm', isWaiting: true },
  ]);
  await run.respond(question, 'yes');
  expect(await run.result()).toEqual({
    response: 'Done.',
    agent: 'headAgent',
    toolCalls: [{ toolId: 'call_1', toolName: 'office', isError: false }],
    usage: { scripted: expect.objectContaining({ calls: 6 }) },
  });
  expect(temporal.requests.map(({ messages }) => messages[0]?.content)).toEqual([
    'You are the head.',
    'You are the office.',
    'You are the clerk.',
    'You are the clerk.',
    'You are the office.',
    'You are the head.',
  ]);
  expect(temporal.requests[1]?.messages.at(-1)).toEqual({ role: 'user', content: 'Find out.' });
  expect(temporal.requests[3]?.messages.at(-1)).toMatchObject({ role: 'tool', content: 'Ann?  yes' });
  expect(temporal.requests[5]?.messages.at(-1)).toMatchObject({ role: 'tool', content: 'The clerk has it.' });
});

test('the stream says of every event of an inner agent in which thread it is, and under which agents', async () => {
  const run = await temporal.run('headAgent', [
    office(),
    calls(['note', { text: 'hi' }]),
    says('Noted.'),
    says('Done.'),
  ]);
  await run.result();
  const told = (await allEvents(run)).map(({ type, thread, agents }) => [type, thread, agents]);
  const inner = ['1.0.0', ['headAgent', 'officeAgent']];
  const outer = [undefined, undefined];
  expect(told).toEqual([
    ['AgentInput', ...outer],
    ['AgentOutput', ...outer],
    ['ToolCall', ...outer],
    ['AgentInput', ...inner],
    ['AgentOutput', ...inner],
    ['ToolCall', ...inner],
    ['ToolCallResult', ...inner],
    ['AgentInput', ...inner],
    ['AgentOutput', ...inner],
    ['ToolCallResult', ...outer],
    ['AgentInput', ...outer],
    ['AgentOutput', ...outer],
    ['StopEvent', ...outer],
  ]);
});

test('agents that work side by side ask side by side, and each takes its own answer', async () => {
  const run = await temporal.run('headAgent', ({ messages }) => {
    const [{ content: prompt } = {}, { content: task } = {}] = messages;
    const last = messages.at(-1);
    if (prompt === 'You are the head.') return last?.role === 'tool' ? says(String(last.content)) : office();
    if (prompt === 'You are the office.') {
      return last?.role === 'tool'
        ? says(String(last.content))
        : calls(['ask_two_clerks', { left: 'left? ', right: 'right? ' }]);
    }
    const question = String(task).includes('left?') ? 'left? ' : 'right? ';
    return last?.role === 'tool' ? says(String(last.content)) : calls(['confirm', { question }]);
  });
  const questions = await questionsOf(run, 2);
  await expect(run.respond({}, 'yes')).rejects.toMatchObject({ details: { reason: 'ambiguous' } });
  for (const question of questions) {
    await run.respond(question, question['prefix'] === 'left? ' ? 'L' : 'R');
  }
  expect(String(await run.result())).toBe('left?  L and right?  R');
});

test('an inner agent that fails is a failed tool', async () => {
  const adds = calls(['add', { a: 1, b: 1 }]);
  const run = await temporal.run('headAgent', [
    office(),
    clerk('Add for ever.'),
    adds,
    adds,
    adds,
    calls(['bad_task']),
    says('Nothing worked.'),
    says('Done.'),
  ]);
  expect(String(await run.result())).toBe('Done.');
  const failed = (await allEvents(run)).filter(({ isError }) => isError === true);
  expect(failed.map(({ toolOutput }) => toolOutput)).toEqual([
    expect.stringContaining('after 3 replies, which is the limit'),
    expect.stringContaining('none of context, conversation'),
  ]);
});

test('an inner agent whose time is over is a failed tool, and what it asked is no longer open', async () => {
  const run = await temporal.run('headAgent', ({ messages }) => {
    const [{ content: prompt } = {}] = messages;
    const last = messages.at(-1);
    if (prompt === 'You are the head.') return last?.role === 'tool' ? says('Done.') : office();
    if (prompt === 'You are in a hurry.') return calls(['confirm', { question: 'Quick? ' }]);
    if (prompt === 'You are the clerk.') return calls(['confirm', { question: 'Slow? ' }]);
    return last?.role === 'tool' ? clerk() : calls(['hurried_clerk', { request: 'Quick.' }]);
  });
  const slow = (await eventOf(run, ({ prefix }) => prefix === 'Slow? ')) as { inputId: string };
  expect(await run.pendingInputs()).toMatchObject([{ inputId: slow.inputId }]);
  expect(await eventOf(run, ({ isError }) => isError === true)).toMatchObject({
    toolName: 'hurried_clerk',
    toolOutput: 'The agent "hurriedAgent" took longer than its timeout of 500 ms.',
  });
  await run.cancel();
});

test('an inner agent ends with the tool call that ran it: it asks nothing and does nothing any more', async () => {
  const run = await temporal.run(
    'headAgent',
    ({ messages }) => {
      const [{ content: prompt } = {}] = messages;
      const last = messages.at(-1);
      if (String(prompt).startsWith('You are the clerk.')) return calls(['confirm', { question: 'Ann? ' }]);
      if (last?.role === 'tool') return says(String(last.content));
      return prompt === 'You are the head.' ? office() : calls(['impatient']);
    },
    { userMsg: 'Go.', conversation: true },
  );
  const question = await eventOfType(run, 'InputRequiredEvent');
  expect(await eventOfType(run, 'TurnEnded')).toMatchObject({ result: { response: 'gave up: nothing was done' } });
  expect(await run.pendingInputs()).toEqual([]);
  await expect(run.respond(question, 'yes')).rejects.toMatchObject({
    details: { reason: 'not_waiting' },
    message: expect.stringContaining('was withdrawn'),
  });
  expect(await run.status()).toMatchObject({ state: 'resting' });
  await run.close();
  await run.result();
});

test('more agents at once than Temporal has room for wait for each other, and all are done', async () => {
  const run = await temporal.run('headAgent', ({ messages }) => {
    const [{ content: prompt } = {}] = messages;
    const last = messages.at(-1);
    if (String(prompt).startsWith('You are the clerk.')) return says('Here.');
    if (last?.role === 'tool') return says(String(last.content));
    return prompt === 'You are the head.' ? office() : calls(['crowd', { clerks: 600 }]);
  });
  expect(String(await run.result())).toBe('600');
}, 60_000);

test('the store is the run’s: an inner agent adds what is not there, and changes are seen by all', async () => {
  const run = await temporal.run('headAgent', [
    office(),
    calls(['note', { text: 'kept' }]),
    clerk(),
    calls(['note', { text: 'new' }]),
    says('Noted.'),
    says('ok'),
    says('Done.'),
  ]);
  await run.result();
  expect(temporal.requests[3]?.messages[1]?.content).toMatch(/"note": "kept"[\s\S]*"desk": "tidy"[\s\S]* Ask\.$/);
  expect((await run.context()) as object).toMatchObject({ state: { note: 'new', desk: 'tidy' } });
});

test('an agent that runs itself for ever is stopped eight deep, as a tool error', async () => {
  const run = await temporal.run('mirrorAgent', ({ messages }) => {
    const last = messages.at(-1);
    return last?.role === 'tool' ? says(String(last.content)) : calls(['mirror']);
  });
  expect(String(await run.result())).toContain('at most 8 deep');
  expect(temporal.requests).toHaveLength(16);
});

test('an inner conversation too large to hand over is read by a query of its own thread', async () => {
  const request = 'long '.repeat(1000);
  const run = await temporal.run('headAgent', [
    office(request),
    calls(['clerk', { request: 'Ask.' }]),
    calls(['confirm', { question: 'Ann? ' }]),
    says('yes'),
    says('ok'),
    says('Done.'),
  ]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  const query = async (thread: string): Promise<unknown> =>
    await temporal.client.temporal.workflow.getHandle(run.workflowId).query('transcript', { thread, from: 0, upTo: 1 });
  expect(await query('1.0.0')).toMatchObject({ messages: [{ role: 'user', content: request }], length: 2 });
  await expect(query('9.9.9')).rejects.toThrow('No agent works in that thread now');
  await run.respond(question, 'yes');
  await run.result();
  expect(temporal.requests[1]?.messages[1]?.content).toBe(request);
});

test('cancelling the run cancels every agent in it', async () => {
  const run = await temporal.run('headAgent', [office(), clerk(), calls(['confirm', { question: 'Ann? ' }])]);
  await eventOfType(run, 'InputRequiredEvent');
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  expect((await allEvents(run)).at(-1)?.type).toBe('StopEvent/WorkflowCancelledEvent');
});

test('a hand-written workflow runs an agent, whose question is one of its own', async () => {
  const run = await temporal.run(
    'clerkWorkflow',
    [calls(['confirm', { question: 'Ann? ' }]), says('Ann said yes.')],
    'Ask Ann.',
  );
  const question = await eventOfType(run, 'InputRequiredEvent');
  expect(await run.pendingInputs()).toMatchObject([{ agents: ['clerkAgent'] }]);
  await run.respond(question, 'yes');
  expect(await temporal.client.temporal.workflow.getHandle(run.workflowId).result()).toBe('Ann said yes.');
});

test('two agent workflows of one name cannot be served by one worker', () => {
  const make = (): AgentWorkflow =>
    AgentWorkflow.fromToolsOrFunctions([], { name: 'twin', description: 'A twin.', llm: 'scripted' });
  const holder = AgentWorkflow.fromToolsOrFunctions([agentTool(make())], { name: 'holder', llm: 'scripted' });
  expect(() => readDefinitions({ holder, twin: make() })).toThrow('Two AgentWorkflows are called "twin"');
});

test('an agent tool without a description is refused when it is made', () => {
  const silent = AgentWorkflow.fromToolsOrFunctions([], { name: 'silent', llm: 'scripted' });
  expect(() => agentTool(silent)).toThrow('"silent" needs a description');
});
