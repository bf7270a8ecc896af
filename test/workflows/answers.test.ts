import { describe, expect, test } from '@jest/globals';
import type { AnyEvent } from '../../src/protocol';
import type { WorkflowHandler } from '../../src/client';
import { allEvents, calls, eventOf, eventOfType, json, questionsOf, says, useTemporal } from '../setup/temporal';
import { eventsReplayed } from '../setup/reset';

const temporal = useTemporal();
const LAURIE = { response: 'yes', user_name: 'Laurie' };

async function asked(): Promise<{ run: WorkflowHandler; question: AnyEvent }> {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  return { run, question: await eventOfType(run, 'InputRequiredEvent') };
}

/** Two open questions of the same tool, in one reply. */
async function askedTwice(): Promise<{ run: WorkflowHandler; ids: readonly string[] }> {
  const replies = [
    calls(['confirm', { question: 'delete prod?' }], ['confirm', { question: 'pay invoice?' }]),
    says('Done.'),
  ];
  const run = await temporal.run('toolAgent', replies);
  const questions = await questionsOf(run, 2);
  return { run, ids: questions.map(({ inputId }) => inputId as string) };
}

describe('a refused update is told to its sender alone', () => {
  test.each([
    ['the wrong user', { response: 'yes', user_name: 'Mallory' }, 'not_waiting'],
    ['no user', { response: 'yes' }, 'not_waiting'],
    ['no response', { user_name: 'Laurie' }, 'invalid'],
    ['a response that is no text', { response: true, user_name: 'Laurie' }, 'invalid'],
    ['another type of event', { type: 'PaymentReceived', amount: 1 }, 'invalid'],
    ['an empty inputId', { ...LAURIE, inputId: '' }, 'invalid'],
  ])('%s: no history, nothing changed', async (_name, answer, reason) => {
    const { run, question } = await asked();
    const before = await temporal.historyLength(run.workflowId);
    await expect(run.respond({}, answer)).rejects.toMatchObject({
      code: 'ANSWER_REFUSED',
      details: { reason, open: [question.inputId] },
    });
    expect(await temporal.historyLength(run.workflowId)).toBe(before);
    expect(await run.pendingInputs()).toHaveLength(1);
    await run.respond({}, LAURIE);
    const events = await allEvents(run);
    expect(events.map(({ type }) => type)).not.toContain('AnswerRefused');
    expect(String(await run.result())).toBe('All done.');
  });

  test('a question that does not exist', async () => {
    const { run, question } = await asked();
    await expect(run.respond('9.9.9', LAURIE)).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
    await run.respond(question, LAURIE);
    await run.result();
  });
});

describe('of several answers the first one stands', () => {
  test('the same answer again is a duplicate, another one a conflict, by id or without', async () => {
    const run = await temporal.run('toolAgent', [
      calls(['confirm', { question: 'a?' }], ['confirm', { question: 'b?' }]),
      says('.'),
    ]);
    const [first] = await questionsOf(run, 2);
    await run.respond(first as AnyEvent, { response: 'yes', answerId: 'once' });
    await expect(run.respond(first as AnyEvent, 'yes')).rejects.toMatchObject({ details: { reason: 'duplicate' } });
    await expect(run.respond(first as AnyEvent, 'no')).rejects.toMatchObject({ details: { reason: 'conflict' } });
    // Temporal itself remembers the update of an answerId, so the sender is told the same again.
    expect(await run.respond(first as AnyEvent, { response: 'yes', answerId: 'once' })).toMatchObject({
      inputId: first?.inputId,
      answerId: 'once',
    });
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', answerId: 'once' });
    expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'conflict', answerId: 'once' });
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  });

  test('of two contrary answers under one answerId the second is told so: at once, later, and after the run', async () => {
    const { run, question } = await asked();
    const yes = { ...LAURIE, answerId: 'ticket-42' };
    const no = { ...yes, response: 'no' };
    const conflict = { code: 'ANSWER_REFUSED', details: { reason: 'conflict' } };
    const both = await Promise.allSettled([yes, no].map(async (one) => await run.respond(question, one)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toMatchObject(conflict);
    const [taken, other] = both[0]?.status === 'fulfilled' ? [yes, no] : [no, yes];
    await run.result();
    await expect(run.respond(question, other)).rejects.toMatchObject(conflict);
    expect(await run.respond(question, taken)).toMatchObject({ inputId: question.inputId });
  });

  test('an event that is no answer does not use up an answerId', async () => {
    const { run, question } = await asked();
    await run.sendEvent({ type: 'Junk', answerId: 'ticket-43' });
    expect(await run.respond(question, { ...LAURIE, answerId: 'ticket-43' })).toMatchObject({ answerId: 'ticket-43' });
    await run.result();
    expect(await eventsReplayed(temporal, run)).toEqual(await allEvents(run));
  });
});

describe('an answer that names no question', () => {
  const send = async (run: WorkflowHandler, answer: object): Promise<void> =>
    await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json(answer));

  test('settles one question of a run, is marked, and sent again it settles no other', async () => {
    const questions = ['delete staging?', 'delete production?'].map((question) => calls(['confirm', { question }]));
    const run = await temporal.run('toolAgent', [...questions, says('Done.')]);
    const { inputId } = await eventOfType(run, 'InputRequiredEvent');
    await send(run, { response: 'yes' });
    const production = await eventOf(run, ({ prefix }) => prefix === 'delete production?');
    expect(await eventOfType(run, 'AnswerUnnamed')).toMatchObject({ inputId, received: '{"response":"yes"}' });
    await send(run, { response: 'yes' });
    expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({
      reason: 'duplicate',
      message: expect.stringContaining(production.inputId as string),
    });
    await expect(run.respond({}, 'yes')).rejects.toMatchObject({ details: { reason: 'duplicate' } });
    expect(await run.pendingInputs()).toHaveLength(1);
    await run.respond(production, 'yes');
    await run.result();
  });

  test('is given the name of the one question that its handler has shown', async () => {
    const questions = ['a?', 'b?'].map((question) => calls(['confirm', { question }]));
    const run = await temporal.run('toolAgent', [...questions, says('Done.')]);
    const types: string[] = [];
    for await (const event of run.streamEvents()) {
      types.push(event.type);
      if (event.type === 'InputRequiredEvent') await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes' });
    }
    expect(types.filter((type) => type.startsWith('Answer'))).toEqual([]);
  });

  test('is refused by a question that must be named', async () => {
    const run = await temporal.run('toolAgent', [calls(['approve_by_name']), says('Done.')]);
    const question = await eventOfType(run, 'InputRequiredEvent');
    expect(await run.pendingInputs()).toMatchObject([{ isNamed: true }]);
    await expect(run.respond({}, 'yes')).rejects.toMatchObject({
      message: expect.stringContaining('takes only an answer that names it'),
      details: { reason: 'not_waiting' },
    });
    await run.respond(question, 'yes');
    await run.result();
  });

  test('of the run before under the same workflow id is refused when it names its question', async () => {
    const { run, question } = await asked();
    await run.cancel();
    await run.result().catch(() => undefined);
    temporal.model.script([calls(['dangerous_task']), says('All done.')]);
    const again = await temporal.client.run('dangerousAgent', 'Go.', {
      taskQueue: temporal.taskQueue,
      workflowId: run.workflowId,
    });
    const now = await eventOfType(again, 'InputRequiredEvent');
    await expect(again.respond(question, LAURIE)).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
    await again.respond(now, LAURIE);
    await again.result();
  });
});

describe('what nobody could answer', () => {
  test('a field that the stream has a stamp for is refused, and not lost', async () => {
    const { run, question } = await asked();
    await temporal.signalRaw(run.workflowId, 'sendEvent', json({ type: 'Payment', amount: 5, id: 'pay-77' }));
    expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({
      reason: 'invalid',
      message: expect.stringContaining('its field "id"'),
    });
    await expect(run.sendEvent({ type: 'Payment', id: 'pay-77' })).rejects.toMatchObject({ code: 'INVALID_JSON' });
    await run.respond(question, LAURIE);
    await run.result();
  });

  test.each([
    ['a requirement on a reserved field', 'reserved', 'the field "id", which is reserved'],
    ['more than one query can show', 'large', 'too large to be shown'],
  ])('%s is refused to the tool', async (_what, what, said) => {
    const run = await temporal.run('toolAgent', [calls(['asks_too_much', { what }]), says('Done.')]);
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: expect.stringContaining(said) });
    await run.result();
  });

  test('two signals at once: one settles, the other is refused on the stream', async () => {
    const { run } = await asked();
    await Promise.all([
      run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' }),
      run.sendEvent({ type: 'HumanResponseEvent', response: 'no', user_name: 'Laurie' }),
    ]);
    const events = await allEvents(run);
    expect(events.filter(({ type }) => type === 'ToolCallResult')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'AnswerRefused')).toEqual([
      expect.objectContaining({ reason: 'conflict', open: [] }),
    ]);
  });

  test('an answer after the time is over is late', async () => {
    const run = await temporal.run('toolAgent', [calls(['hurry'], ['confirm', { question: 'ok?' }]), says('.')]);
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({
      isError: true,
      toolOutput: expect.stringContaining('within 50 ms'),
    });
    const [quick, other] = (await questionsOf(run, 2)).map(({ inputId }) => inputId as string);
    await expect(run.respond(quick as string, 'yes')).rejects.toMatchObject({
      details: { reason: 'late', open: [other] },
    });
    await run.respond(other as string, 'yes');
    await run.result();
  });

  test('an answer to a run that has ended is an error for its sender', async () => {
    const run = await temporal.run('dangerousAgent', [says('Hello.')]);
    await run.result();
    const ended = { code: 'RUN_ENDED' };
    await expect(run.respond({}, LAURIE)).rejects.toMatchObject(ended);
    await expect(run.sendEvent({ type: 'HumanResponseEvent', ...LAURIE })).rejects.toMatchObject(ended);
    await run.cancel();
    expect(String(await run.result())).toBe('Hello.');
    await expect(temporal.client.getHandler('no-such-run').respond({}, LAURIE)).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    });
  });
});

describe('two calls of the same tool, each asking', () => {
  test('an answer that both would take settles neither', async () => {
    const { run, ids } = await askedTwice();
    await expect(run.respond({}, 'yes')).rejects.toMatchObject({ details: { reason: 'ambiguous', open: ids } });
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes' });
    expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'ambiguous', open: ids });
    expect(await run.pendingInputs()).toHaveLength(2);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  });

  test('each is answered by its inputId, in any order', async () => {
    const { run, ids } = await askedTwice();
    await run.respond(ids[1] as string, 'no');
    await run.respond(ids[0] as string, 'yes');
    const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
    expect(results.map((event) => [event['toolId'], event['toolOutput']]).sort()).toEqual([
      ['call_1', 'delete prod? yes'],
      ['call_2', 'pay invoice? no'],
    ]);
  });

  test('two questions of one tool, one after the other, take one answer each', async () => {
    const run = await temporal.run('toolAgent', [calls(['twice']), says('.')]);
    await eventOfType(run, 'InputRequiredEvent');
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'Ann' });
    await eventOf(run, (event) => event['prefix'] === 'age? ');
    await run.sendEvent({ type: 'HumanResponseEvent', response: '42' });
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'Ann is 42' });
    await run.result();
  });
});

describe('typed answers', () => {
  test('an answer without a type takes the type of its wait, and is validated by it', async () => {
    const run = await temporal.run('toolAgent', [calls(['approve_refund', { amount: 5 }]), says('.')]);
    const question = await eventOfType(run, 'InputRequiredEvent');
    expect(question).toMatchObject({ type: 'InputRequiredEvent/RefundApproval', amount: 5 });
    await expect(run.respond(question, { approved: 'yes' })).rejects.toMatchObject({ details: { reason: 'invalid' } });
    await expect(run.respond(question, 'yes')).rejects.toMatchObject({
      message: expect.stringContaining('approved'),
      details: { reason: 'invalid' },
    });
    await run.respond(question, { approved: true });
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'refunded 5' });
    await run.result();
  });

  test('what extends HumanResponseEvent is one', async () => {
    const { run, question } = await asked();
    await run.respond(question, { type: 'HumanResponseEvent/Signed', ...LAURIE, signature: 'abc' });
    expect(String(await run.result())).toBe('All done.');
  });
});
