import { expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import type { WorkflowHandler } from '../../../src/client';
import { allEvents, calls, eventOf, eventOfType, json, payload, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const LAURIE = { response: 'yes', user_name: 'Laurie' };
const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

const poison: readonly [string, readonly Payload[]][] = [
  ['json/protobuf', [payload('json/protobuf', '{"response":"yes"}')]],
  ['binary/protobuf', [payload('binary/protobuf', 'xyz')]],
  ['an unknown encoding', [payload('what/ever', '{"response":"yes"}')]],
  ['broken JSON', [payload('json/plain', '{"response":')]],
  [
    'bytes that are no text',
    [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from([0xff, 0xfe, 0x00]) }],
  ],
  ['no encoding at all', [{ metadata: {}, data: Buffer.from('yes') }]],
  ['raw bytes', [payload('binary/plain', 'yes')]],
  ['null', [json(null)]],
  ['nothing', []],
  ['a number', [json(7)]],
  ['a list', [json(['yes'])]],
  ['1 MB of text', [json({ ...LAURIE, note: 'x'.repeat(1_000_000) })]],
  ['deep nesting', [json({ ...LAURIE, deep: deep(200) })]],
  ['very deep nesting', [payload('json/plain', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)]],
  ['__proto__', [payload('json/plain', '{"response":"yes","user_name":"Laurie","__proto__":{"admin":true}}')]],
  ['a type that is no text', [json({ ...LAURIE, type: 7 })]],
  ['a forged mark of the guard', [payload('json/plain', '{"__countersign_undecodable":{"toString":1}}')]],
  ['a long forged mark of the guard', [json({ __countersign_undecodable: 'x'.repeat(1_900_000) })]],
  ['2 MB of raw bytes', [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.alloc(1_900_000) }]],
];

test.each(poison)(
  'a signal with %s is refused on the stream, and the right answer still works',
  async (_name, payloads) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
    await eventOfType(run, 'InputRequiredEvent');
    await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', ...payloads);
    const refusal = await eventOfType(run, 'AnswerRefused');
    expect(refusal).toMatchObject({ reason: 'invalid', open: [expect.stringMatching(/^1\.0\.0-/)] });
    expect((refusal['received'] as string).length).toBeLessThanOrEqual(1024);
    expect((refusal['message'] as string).length).toBeLessThanOrEqual(4096);
    await temporal.signalRaw(run.workflowId, 'sendEvent', ...payloads);
    await eventOf(run, (event) => event.type === 'AnswerRefused' && event.seq !== refusal.seq);
    await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json(LAURIE));
    expect(String(await run.result())).toBe('All done.');
  },
);

test('unknown signals, and queries and updates with arguments that cannot be decoded, touch nothing', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  const broken = payload('json/protobuf', '{');
  for (const name of ['nobody', '__temporal_x', '__stack_trace', 'events']) {
    await temporal.signalRaw(run.workflowId, name, broken);
  }
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  await expect(handle.query('nothing')).rejects.toThrow(/did not register a handler for nothing/);
  await expect(handle.query('events', 'all')).rejects.toThrow(/integer/);
  await expect(handle.query('events', { after: 'x' })).rejects.toThrow(/integer/);
  await expect(handle.query('transcript', { until: 1 })).rejects.toThrow(/"from": an integer/);
  await expect(handle.executeUpdate('nothing', { args: [1] })).rejects.toThrow();
  await expect(handle.executeUpdate('respond', { args: [null] })).rejects.toThrow();
  await expect(
    temporal.client.temporal.workflowService.queryWorkflow({
      namespace: 'default',
      execution: { workflowId: run.workflowId },
      query: { queryType: 'events', queryArgs: { payloads: [broken] } },
    }),
  ).rejects.toThrow(/cannot be decoded/);
  await run.respond({}, LAURIE);
  expect(String(await run.result())).toBe('All done.');
});

test('what a refusal quotes may be half a character, or very long', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const refused = { cause: { type: 'ANSWER_REFUSED' } };
  const respond = async (answer: object): Promise<unknown> => await handle.executeUpdate('respond', { args: [answer] });
  await expect(respond({ ...LAURIE, inputId: '\ud800' })).rejects.toMatchObject(refused);
  await expect(respond({ __countersign_undecodable: { toString: 1 } })).rejects.toMatchObject(refused);
  await expect(handle.query('transcript', { thread: '\ud800' })).rejects.toThrow(/No agent works/);
  await expect(handle.query('transcript', { from: 'x'.repeat(1_900_000) })).rejects.toThrow(/an integer/);
  await expect(run.respond({}, { ...LAURIE, answerId: '\ud800' })).rejects.toMatchObject({ code: 'INVALID_JSON' });
  await run.respond({}, LAURIE);
  expect(String(await run.result())).toBe('All done.');
});

test('a message to a conversation that forges the mark of the guard is refused', async () => {
  const run = await temporal.run('dangerousAgent', [], { conversation: true });
  await temporal.signalRaw(
    run.workflowId,
    'sendMessage',
    payload('json/plain', '{"__countersign_undecodable":{"toString":1}}'),
  );
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'invalid' });
  await run.close();
  expect(String(await run.result())).toBe('');
});

test('a transcript is read from its beginning, however far before it is asked for', async () => {
  const run = await temporal.run('dangerousAgent', [says('Hello.')], 'Hi.');
  await run.result();
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  expect(await handle.query('transcript', { from: -1e15 })).toMatchObject({
    messages: [{ content: 'Hi.' }, { content: 'Hello.' }],
    next: 2,
  });
  expect(await handle.query('transcript', { from: -5, upTo: -1 })).toMatchObject({ messages: [], next: 0 });
});

const badStarts: readonly [string, Payload, string][] = [
  [
    'a forged mark of the guard',
    payload('json/plain', '{"__countersign_undecodable":{"toString":1}}'),
    'INVALID_INPUT',
  ],
  ['a name of 1.9 MB', json({ ['k'.repeat(1_900_000)]: 1 }), 'INVALID_INPUT'],
  ['half a character', json({ userMsg: 'Go.', '\ud800': 1 }), 'INVALID_INPUT'],
  ['a million wrong messages', json({ chatHistory: Array(900_000).fill(1) }), 'INVALID_INPUT'],
  [
    'a context of many wrong messages',
    json({ userMsg: 'Go.', context: { version: 2, workflow: 'x', state: {}, messages: Array(600_000).fill({}) } }),
    'INVALID_CONTEXT',
  ],
];

/** Start a run with any payload, as the Temporal UI can. */
async function startRaw(...payloads: readonly Payload[]): Promise<WorkflowHandler> {
  const workflowId = `poisoned-${crypto.randomUUID()}`;
  await temporal.client.temporal.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'dangerousAgent' },
    taskQueue: { name: temporal.taskQueue },
    input: { payloads: [...payloads] },
    requestId: crypto.randomUUID(),
  });
  return temporal.client.getHandler(workflowId);
}

test.each(badStarts)('a start with %s fails the run at once, at no length', async (_name, input, code) => {
  const run = await startRaw(input);
  const ended = await run.result().catch((error: unknown) => error as Error);
  expect(ended).toMatchObject({ code: 'RUN_FAILED', details: { cause: code } });
  expect((ended as Error).message.length).toBeLessThanOrEqual(4096);
  expect((await allEvents(run)).map(({ type }) => type)).toEqual(['StopEvent/WorkflowFailedEvent']);
});

test.each(poison.slice(0, 6))('a start with %s fails the run at once', async (_name, payloads) => {
  const run = await startRaw(...payloads);
  await expect(run.result()).rejects.toMatchObject({
    code: 'RUN_FAILED',
    message: expect.stringContaining('cannot be decoded'),
    details: { cause: 'INVALID_INPUT' },
  });
});

test('what cannot be decoded beside what can is left out, at every worker', async () => {
  const strange = payload('what/ever', '?');
  temporal.model.script([calls(['dangerous_task']), says('Done.')]);
  const run = await startRaw(json('Go.'), strange);
  const { inputId } = await eventOfType(run, 'InputRequiredEvent');
  await temporal.signalRaw(
    run.workflowId,
    'HumanResponseEvent',
    json({ response: 'yes', user_name: 'Laurie', inputId }),
    strange,
  );
  expect(String(await run.result())).toBe('Done.');
  const events = await allEvents(run);
  await temporal.stopWorker();
  await temporal.startWorker();
  expect(await allEvents(run)).toEqual(events);
});

test('a memo that cannot be decoded does not keep a run from starting', async () => {
  const workflowId = `memo-${crypto.randomUUID()}`;
  temporal.model.script([says('Hello.')]);
  await temporal.client.temporal.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'dangerousAgent' },
    taskQueue: { name: temporal.taskQueue },
    input: { payloads: [json('Go.')] },
    memo: { fields: { note: payload('json/protobuf', '{') } },
    requestId: crypto.randomUUID(),
  });
  expect(String(await temporal.client.getHandler(workflowId).result())).toBe('Hello.');
});
