import { describe, expect, test } from '@jest/globals';
import { mending } from '../fixtures/told-agents';
import { linkIdsOf, resetRun, sendNoise, useShortLinks } from '../setup/links';
import { allEvents, calls, eventOfType, says } from '../setup/temporal';

const temporal = useShortLinks();
const data = { customer: 'Ann', plan: { seats: 3 } };
const DATA = JSON.stringify(data);
const prompts = (): readonly unknown[] => temporal.requests.map(({ messages }) => messages[0]?.content);
const outputs = (): readonly unknown[] =>
  (temporal.requests.at(-1)?.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content);

describe('what a run is started with as data', () => {
  test('is told to its tools in the workflow and on the worker, to prompts, and to agents that it runs', async () => {
    const replies = [
      calls(['whose', {}], ['look_up_for', {}], ['inner', { request: 'Whose?' }]),
      calls(['whose', {}]),
      says('Ann’s.'),
      says('Done.'),
    ];
    const run = await temporal.run('toldAgent', replies, { userMsg: 'Go.', data });
    expect(await run.result()).toMatchObject({ response: 'Done.' });
    expect(outputs()).toEqual(['for Ann', `found ${DATA}`, 'Ann’s.']);
    expect(prompts()).toEqual([`state {} data ${DATA}`, `inner ${DATA}`, `inner ${DATA}`, `state {} data ${DATA}`]);
  });

  test('is no part of what the model is told, of the stream, of the status, or of the context', async () => {
    const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }]), says('Done.')], {
      userMsg: 'Go.',
      data: { customer: 'Unseen' },
    });
    const question = await eventOfType(run, 'InputRequiredEvent');
    const seen = [await run.pendingInputs(), await run.status(), await run.context()];
    await run.respond(question, 'yes');
    await run.result();
    const described = await temporal.client.temporal.workflow.getHandle(run.workflowId).describe();
    seen.push(temporal.requests as never, (await allEvents(run)) as never, described.searchAttributes as never);
    expect(JSON.stringify(seen)).not.toContain('Unseen');
  });

  test('cannot be changed by a tool for the others', async () => {
    const replies = [calls(['change_data', {}]), calls(['whose', {}], ['look_up_for', {}]), says('Done.')];
    const run = await temporal.run('toldAgent', replies, { userMsg: 'Go.', data });
    await run.result();
    expect(outputs()).toEqual([expect.stringMatching(/read only/), 'for Ann', `found ${DATA}`]);
  });

  test('goes on over continue-as-new, and through a reset', async () => {
    const turn = calls(['look_up_for', {}], ['learn', { word: 'x' }], ['whose', {}]);
    let asked = 0;
    const script = (): ReturnType<typeof says> => ((asked += 1) % 2 === 1 ? turn : says('Done.'));
    const run = await temporal.run('toldAgent', script, { userMsg: 'm0', conversation: true, data });
    for (let nth = 1; nth < 8; nth += 1) await run.sendMessage(`m${nth}`);
    await run.close();
    await run.result();
    expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
    expect(outputs().slice(-3)).toEqual([`found ${DATA}`, expect.anything(), 'for Ann']);
    expect(prompts().at(-1)).toBe(`state {"word":"x"} data ${DATA}`);
    const again = await temporal.run('toldAgent', [says('Done.'), says('Again.')], { userMsg: 'Go.', data });
    await again.result();
    await resetRun(temporal, again, 4);
    expect(await temporal.client.getHandler(again.workflowId).result()).toMatchObject({ response: 'Again.' });
    expect(prompts().at(-1)).toBe(`state {} data ${DATA}`);
  });

  test('is in no context: a run that goes on from one is given it anew, or has none', async () => {
    const first = await temporal.run('toldAgent', [says('One.')], { userMsg: 'Go.', data });
    await first.result();
    const context = await first.context();
    const next = await temporal.run('toldAgent', [says('Two.')], {
      userMsg: 'On.',
      context,
      data: { customer: 'Bob' },
    });
    await next.result();
    expect(prompts()).toEqual(['state {} data {"customer":"Bob"}']);
    const without = await temporal.run('toldAgent', [says('Three.')], { userMsg: 'On.', context });
    await without.result();
    expect(prompts()).toEqual(['state {} data {}']);
  });

  test('is told to the agent that a conversation is handed to, its tools and its prompt', async () => {
    const replies = [calls(['handoff', { to_agent: 'B', reason: 'x' }]), calls(['whose', {}]), says('Done.')];
    const run = await temporal.run('toldTeam', replies, { userMsg: 'Go.', data });
    expect(await run.result()).toMatchObject({ response: 'Done.', agent: 'B' });
    expect(outputs()).toContain('for Ann');
    expect(prompts()).toEqual([`A ${DATA}`, `B ${DATA}`, `B ${DATA}`]);
  });

  test('is there for a tool whose body begins again in a new link', async () => {
    const run = await temporal.run('toldTeam', [calls(['ask_for', {}]), says('Done.')], { userMsg: 'Go.', data });
    const question = await eventOfType(run, 'InputRequiredEvent');
    await sendNoise(run, 100);
    await run.respond(question, 'yes');
    await run.result();
    expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
    expect(outputs()).toEqual(['yes for Ann and Ann']);
  });

  test('of a hand-written workflow is told to the agents that it runs', async () => {
    const run = await temporal.run('toldByHand', [calls(['whose', {}]), says('Hand’s.')], 'x');
    expect(await run.result()).toBe('Hand’s.');
    expect(outputs()).toEqual(['for Hand']);
    expect(prompts()[0]).toBe('inner {"customer":"Hand"}');
  });

  test.each([
    ['a list', [1], /its data must be an object/],
    ['a text', 'Ann', /its input is wrong: "data": Expected Object/],
    ['more than 16 KiB', { text: 'x'.repeat(16 * 1024) }, /its data has \d+ bytes, and at most 16384 are taken/],
  ])('is refused when it is %s', async (_what, given, message) => {
    const run = await temporal.run('toldAgent', [], { userMsg: 'Go.', data: given as never });
    await expect(run.result()).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(temporal.requests).toEqual([]);
  });
});

describe('a system prompt that is a function', () => {
  test('sees what a tool has stored in the step before', async () => {
    const run = await temporal.run('toldAgent', [calls(['learn', { word: 'blue' }]), says('Done.')], 'Go.');
    await run.result();
    expect(prompts()).toEqual(['state {} data {}', 'state {"word":"blue"} data {}']);
  });

  test('is told the same in a conversation that is too long to be in its calls', async () => {
    const run = await temporal.run('toldAgent', [calls(['learn', { word: 'blue' }]), says('Done.')], {
      userMsg: 'long '.repeat(1000),
      data,
    });
    await run.result();
    expect(prompts()).toEqual([`state {} data ${DATA}`, `state {"word":"blue"} data ${DATA}`]);
  });

  test('that throws is asked again, and its call goes on once it gives a text', async () => {
    const run = await temporal.run('mendedPrompt', [says('Done.')], { userMsg: 'Go.', data });
    expect(await run.result()).toMatchObject({ response: 'Done.' });
    expect(mending.asked).toBe(2);
    expect(prompts()).toEqual([`mended ${DATA}`]);
  });

  test.each([
    ['is too long', 'long', /gave 262145 bytes: at most 262144 are sent/],
    ['throws', 'throw', /systemPrompt of agent "badPrompt" threw an error: no such customer/],
    ['gives a promise', 'promise', /gave a promise: it must give a text, at once/],
    ['gives nothing', undefined, /gave undefined: it must give a text/],
  ])('that %s is told as what it is', async (_what, does, message) => {
    const run = await temporal.run('badPrompt', [says('Done.')], {
      userMsg: 'Go.',
      data: does === undefined ? {} : { does },
    });
    await expect(run.result()).rejects.toMatchObject({
      message: expect.stringMatching(message),
      details: { cause: 'INVALID_DEFINITION' },
    });
    expect(temporal.requests).toEqual([]);
  });
});
