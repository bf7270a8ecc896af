import { expect, test } from '@jest/globals';
import type { ContextJson } from '../../../src/client';
import { effects, slowCalls, whenSlowCalls } from '../../fixtures/implementations';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();

const office = (request = 'Work.'): ReturnType<typeof calls> => calls(['office', { request }]);
const clerk = (request = 'Ask.'): ReturnType<typeof calls> => calls(['clerk', { request }]);

test('a context taken while an inner agent asks goes on there: nothing is done, asked or paid for again', async () => {
  const key = crypto.randomUUID();
  const slowBefore = slowCalls.length;
  const first = await temporal.run('headAgent', [
    calls(['office', { request: 'Work.' }], ['add', { a: 1, b: 2 }]),
    clerk(),
    calls(['ask_after_effect', { key }]),
  ]);
  await whenSlowCalls(slowBefore + 1);
  slowCalls.at(-1)?.finish();
  const question = await eventOfType(first, 'InputRequiredEvent');
  await first.pendingInputs();
  const context: unknown = JSON.parse(JSON.stringify(await first.context()));
  await first.cancel();

  const second = await temporal.run('headAgent', [says('Asked.'), says('The clerk asked.'), says('Done.')], {
    context,
  });
  const [open] = await second.pendingInputs();
  expect(open).toMatchObject({ inputId: question.inputId, agents: ['headAgent', 'officeAgent', 'clerkAgent'] });
  await second.respond(question, { response: 'yes', user_name: 'Laurie' });
  expect(String(await second.result())).toBe('Done.');
  expect([effects.get(`${key}:before`), effects.get(`${key}:after`)]).toEqual([1, 1]);
  expect(temporal.requests).toHaveLength(3);
  const told = (await allEvents(second)).map(({ type, thread }) => [type, thread].filter(Boolean).join(' '));
  expect(told.slice(0, 4).sort()).toEqual(['InputRequiredEvent', 'ToolCall', 'ToolCall 1.0.0', 'ToolCall 1.0.0.1.0.0']);
});

test('an inner agent that goes on elsewhere has the time that it began with, whatever its definition says there', async () => {
  const asking = [office(), clerk(), calls(['ask_after_effect', { key: crypto.randomUUID() }])];
  const first = await temporal.run('headAgent', asking);
  const question = await eventOfType(first, 'InputRequiredEvent');
  const context = JSON.parse(JSON.stringify(await first.context())) as ContextJson;
  await first.cancel();
  const [call] = context.open?.calls ?? [];
  const entry = call?.journal.find(({ kind }) => kind === 'agent') as { note: { deadline?: string } };
  entry.note.deadline = new Date(Date.now() - 1000).toISOString();
  const second = await temporal.run('headAgent', [says('Done.')], { context });
  expect((await allEvents(second)).findLast(({ type }) => type === 'ToolCallResult')).toMatchObject({
    isError: true,
    toolOutput: expect.stringContaining('took longer than the timeout that it began with'),
  });
  await second.result();
  const late = second.respond(question, { response: 'yes', user_name: 'Laurie' });
  await expect(late).rejects.toMatchObject({ code: 'RUN_ENDED' });
});

test('a context whose inner conversation is damaged is refused with the reason', async () => {
  const inner = { messages: [{ role: 'tool', toolCallId: 'x', content: '' }] };
  const call = { id: 'c', name: 'office', args: { request: 'Work.' } };
  const context = {
    version: 2,
    workflow: 'headAgent',
    state: {},
    messages: [{ role: 'assistant', content: '', toolCalls: [call] }],
    open: {
      maxIterations: 20,
      earlyStoppingMethod: 'force',
      step: 1,
      used: 1,
      toolCalls: [],
      calls: [{ journal: [{ kind: 'agent', after: 0, note: inner }] }],
    },
  };
  const run = await temporal.run('headAgent', [], { context });
  await expect(run.result()).rejects.toMatchObject({
    message: expect.stringContaining('the tool message of "x" has no call'),
    details: { cause: 'INVALID_CONTEXT' },
  });
});
