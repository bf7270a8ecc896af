import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOf, eventOfType, json, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const TALK = { userMsg: 'first', conversation: true };

test('a conversation takes messages while parked and while working, one turn each, and ends when it is closed', async () => {
  const run = await temporal.run(
    'statefulAgent',
    [says('One.'), calls(['note', { text: 'hi' }]), says('Two.'), says('Three.')],
    TALK,
  );
  await eventOfType(run, 'TurnEnded');
  expect(await run.status()).toMatchObject({ state: 'resting' });
  await run.sendMessage('second');
  await run.sendMessage('third');
  await run.close();
  expect(await run.result()).toMatchObject({ response: 'Three.', toolCalls: [] });
  const events = await allEvents(run);
  const turns = events.filter(({ type }) => type === 'TurnEnded');
  expect(turns.map((event) => [event['turn'], (event['result'] as { response: string }).response])).toEqual([
    [0, 'One.'],
    [1, 'Two.'],
    [2, 'Three.'],
  ]);
  expect(events.filter(({ type }) => type === 'UserMessage').map((event) => [event['text'], event['place']])).toEqual([
    ['second', 0],
    ['third', 1],
  ]);
  expect(events.filter(({ type }) => type.startsWith('StopEvent'))).toEqual([events.at(-1)]);
  expect(temporal.requests.at(-1)?.messages.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
  ]);
});

test('a question of one turn is answered while a message waits for the next, and ids never repeat', async () => {
  const ask = calls(['confirm', { question: 'ok? ' }]);
  const run = await temporal.run('toolAgent', [ask, says('One.'), ask, says('Two.')], TALK);
  const first = await eventOfType(run, 'InputRequiredEvent');
  await run.sendMessage('second');
  await run.respond(first, 'yes');
  const second = await eventOf(run, (event) => event.type === 'InputRequiredEvent' && event.seq !== first.seq);
  expect(second.inputId).not.toBe(first.inputId);
  await run.close();
  await run.respond(second, 'yes');
  expect(String(await run.result())).toBe('Two.');
});

test('a turn that fails says so, and the conversation goes on', async () => {
  const bad = { status: 400, error: { message: 'too odd' } };
  const run = await temporal.run('toolAgent', [bad, says('Better.')], TALK);
  expect(await eventOfType(run, 'TurnEnded')).toMatchObject({ error: { code: 'MODEL_REJECTED' } });
  await run.sendMessage('again');
  await run.close();
  expect(String(await run.result())).toBe('Better.');
});

test('a conversation whose last turn failed fails when it is closed', async () => {
  const run = await temporal.run('toolAgent', [{ status: 400 }], TALK);
  await run.close();
  await expect(run.result()).rejects.toMatchObject({ details: { cause: 'MODEL_REJECTED' } });
});

test('the update says the place in the queue, and what cannot be taken is refused', async () => {
  const run = await temporal.run('toolAgent', [says('One.'), says('Two.')], TALK);
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  expect(await handle.executeUpdate('sendMessage', { args: [{ text: 'second' }] })).toEqual({ place: 0 });
  const before = await allUntilTurn(run);
  await expect(handle.executeUpdate('sendMessage', { args: [{ words: 'x' }] })).rejects.toThrow();
  await expect(handle.executeUpdate('sendMessage', { args: [' '] })).rejects.toThrow();
  await temporal.signalRaw(run.workflowId, 'sendMessage', json(7));
  expect(await eventOfType(run, 'AnswerRefused', before)).toMatchObject({ reason: 'invalid', received: '7' });
  await run.close();
  await run.result();
});

test('a run that is no conversation refuses messages on its stream', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
  await eventOfType(run, 'InputRequiredEvent');
  await run.sendMessage('hello?');
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({
    message: expect.stringContaining('"conversation": true'),
  });
  await run.cancel();
});

async function allUntilTurn(run: Parameters<typeof eventOf>[0]): Promise<number> {
  return (await eventOf(run, (event) => event.type === 'TurnEnded' && event['turn'] === 1)).seq as number;
}

test('a conversation may begin with nothing, and takes its first message when it comes', async () => {
  const run = await temporal.run('toolAgent', [says('Here.')], { conversation: true });
  await run.sendMessage('first');
  expect(await eventOfType(run, 'TurnEnded')).toMatchObject({ turn: 0, result: { response: 'Here.' } });
  await run.close();
  expect(String(await run.result())).toBe('Here.');
});

test('a conversation that is closed before anything was said has an empty result', async () => {
  const run = await temporal.run('toolAgent', [], { conversation: true });
  await run.close();
  expect(await run.result()).toEqual({ response: '', agent: 'toolAgent', toolCalls: [] });
});

test('a conversation goes on from the context of one that was between two turns', async () => {
  const first = await temporal.run('toolAgent', [says('One.')], TALK);
  await eventOfType(first, 'TurnEnded');
  const context = await first.context();
  await first.close();
  await first.result();
  const second = await temporal.run('toolAgent', [says('Two.')], { context, conversation: true });
  expect(await second.status()).toMatchObject({ state: 'resting' });
  await second.sendMessage('second');
  await second.close();
  expect(String(await second.result())).toBe('Two.');
  expect(temporal.requests[0]?.messages.map(({ content }) => content)).toEqual(['first', 'One.', 'second']);
});

test('messages are counted as they are carried: one of control characters is larger than it looks', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Yes?' }]), says('Done.')], {
    userMsg: 'Go.',
    conversation: true,
  });
  await eventOfType(run, 'InputRequiredEvent');
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const send = async (text: string): Promise<unknown> =>
    await handle.executeUpdate('sendMessage', { args: [text] }).catch(({ cause }: Error) => (cause as Error).message);
  expect(await send('\u0001'.repeat(100_000))).toMatch(/larger than 262144 bytes, as JSON/);
  expect(await send('\u0001'.repeat(40_000))).toMatchObject({ place: 0 });
  expect(await send('\u0001'.repeat(40_000))).toMatchObject({ place: 1 });
  expect(await send('\u0001'.repeat(40_000))).toMatch(/2 messages are queued already/);
  await run.sendEvent({ type: 'Early', text: 'x'.repeat(240_000) });
  await run.sendEvent({ type: 'Early', text: 'y'.repeat(240_000) });
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({
    message: expect.stringMatching(/keeps 720\d+ bytes of messages for later already/),
  });
  await run.cancel();
});
