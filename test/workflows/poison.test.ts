import { expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { allEvents, calls, eventOf, eventOfType, json, payload, says, useTemporal } from '../setup/temporal';

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
  await expect(handle.query('transcript', { until: 1 })).rejects.toThrow(/until/);
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

test.each(poison.slice(0, 6))('a start with %s fails the run at once', async (_name, payloads) => {
  const workflowId = `poisoned-${crypto.randomUUID()}`;
  await temporal.client.temporal.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'dangerousAgent' },
    taskQueue: { name: temporal.taskQueue },
    input: { payloads: [...payloads] },
    requestId: crypto.randomUUID(),
  });
  await expect(temporal.client.getHandler(workflowId).result()).rejects.toMatchObject({
    code: 'RUN_FAILED',
    message: expect.stringContaining('cannot be decoded'),
    details: { cause: 'INVALID_INPUT' },
  });
});

test('a run that an unguarded worker has wedged goes on when a guarded one takes it', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();

  const unguarded = await bundleWorkflowCode({
    workflowsPath: require.resolve('../fixtures/workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  await temporal.startWorker({ workflowBundle: unguarded });
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', payload('json/protobuf', '{'));
  const client = temporal.client.temporal;
  let failed = false;
  let nextPageToken: Uint8Array | undefined;
  while (!failed) {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: run.workflowId },
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    nextPageToken = page.nextPageToken;
    failed = page.history?.events?.some(({ workflowTaskFailedEventAttributes: failure }) => failure != null) ?? false;
  }
  await temporal.stopWorker();

  await temporal.startWorker();
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json(LAURIE));
  expect(String(await run.result())).toBe('All done.');
  expect((await allEvents(run)).map(({ type }) => type)).toContain('AnswerRefused');
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
