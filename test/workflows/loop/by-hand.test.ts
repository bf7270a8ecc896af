import { afterEach, describe, expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent } from '../../../src/protocol';
import { allEvents, calls, eventOfType, json, payload, says, useTemporal } from '../../setup/temporal';
import type { ScriptedReply } from '../../../src/testing';

/**
 * What an operator does to an activity by hand: `temporal activity complete` and `fail`, or any client of the API.
 */
const temporal = useTemporal();

let release = (): void => undefined;
afterEach(() => release());

/** A reply that does not come before the test has ended. */
function held(): ScriptedReply {
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { content: 'late', hold };
}

async function whenPending(run: WorkflowHandler, type: string): Promise<string> {
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  for (;;) {
    const { raw } = await handle.describe();
    const found = raw.pendingActivities?.find(({ activityType, state }) => activityType?.name === type && state === 2);
    if (found?.activityId) return found.activityId;
  }
}

/** With any payload, as the API takes it. */
async function completeRaw(run: WorkflowHandler, activityId: string, payload?: Payload): Promise<void> {
  await temporal.client.temporal.workflowService.respondActivityTaskCompletedById({
    namespace: 'default',
    workflowId: run.workflowId,
    activityId,
    ...(payload === undefined ? {} : { result: { payloads: [payload] } }),
  });
}

async function failRaw(run: WorkflowHandler, activityId: string, failure: object): Promise<void> {
  await temporal.client.temporal.workflowService.respondActivityTaskFailedById({
    namespace: 'default',
    workflowId: run.workflowId,
    activityId,
    failure,
  });
}

async function taskFailures(run: WorkflowHandler): Promise<readonly string[]> {
  const { events } = await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
}

/** Runs whose stream must be the same for a worker that has to replay them, with what it was. */
const played: { readonly run: WorkflowHandler; readonly events: readonly AnyEvent[] }[] = [];

async function rememberPlayed(run: WorkflowHandler): Promise<void> {
  played.push({ run, events: await allEvents(run) });
}

const add = (args: unknown, id: unknown = '1', name: unknown = 'add'): object => ({ id, name, args });

describe('a model call that is completed by hand', () => {
  test.each<[string, Payload | undefined, RegExp]>([
    ['nothing', undefined, /nothing was given/],
    ['null', json(null), /nothing was given/],
    ['a text', json('The answer is 42.'), /a string was given/],
    ['a list', json([]), /a list was given/],
    ['no content', json({ content: null }), /"content" must be a text/],
    ['content of another kind', json({ content: 5, toolCalls: 'x' }), /"content" must be a text/],
    ['calls that are no list', json({ content: '', toolCalls: 'x' }), /"toolCalls" must be a list/],
    ['a call that is none', json({ content: '', toolCalls: [null] }), /must be an object/],
    ['calls in a provider’s words', json({ content: '', tool_calls: [] }), /must be called "toolCalls"/],
    ['a call without an id', json({ content: '', toolCalls: [{ name: 'add', args: {} }] }), /"id"/],
    ['a call without a name', json({ content: '', toolCalls: [{ id: '1', args: {} }] }), /"name"/],
    ['arguments that are no object', json({ content: '', toolCalls: [add('{"a":1}')] }), /must be an object/],
    ['an id used twice', json({ content: '', toolCalls: [add({}), add({})] }), /two of its tool calls have the id "1"/],
    ['a problem that is no text', json({ content: '', toolCalls: [{ ...add({}), problem: 7 }] }), /"problem"/],
    ['a structured outcome that is none', json({ content: '', structured: [] }), /"structured"/],
    [
      'very deep arguments',
      payload(
        'json/plain',
        `{"content":"","toolCalls":[{"id":"1","name":"add","args":{"a":${'['.repeat(60)}${']'.repeat(60)}}}]}`,
      ),
      /deep/,
    ],
    ['1.5 MB', json({ content: 'x'.repeat(1_500_000) }), /bytes/],
    ['broken JSON', payload('json/plain', '{"content":'), /cannot be decoded/],
    ['json/protobuf', payload('json/protobuf', '{'), /cannot be decoded/],
    ['an unknown encoding', payload('what/ever', '?'), /cannot be decoded/],
    ['raw bytes', payload('binary/plain', 'yes'), /no reply/],
    ['no encoding', { metadata: {}, data: Buffer.from('yes') }, /cannot be decoded/],
  ])('with %s fails with words that say what a reply is', async (_name, result, why) => {
    const run = await temporal.run('toolAgent', [held()]);
    await completeRaw(run, await whenPending(run, 'callModel'), result);
    await expect(run.result()).rejects.toMatchObject({
      details: { cause: 'MODEL_REJECTED' },
      message: expect.stringMatching(why),
    });
    await expect(run.result()).rejects.toThrow(/A reply is {"content"/);
    expect(await taskFailures(run)).toEqual([]);
  });

  test('with a reply goes on from there, and its calls are checked like any other', async () => {
    const run = await temporal.run('toolAgent', [held(), says('Done.')]);
    const toolCalls = [
      add({ a: 1, b: 2 }, 'right'),
      add({ a: '7' }, 'wrong'),
      add({}, 'unknown', 'nothing'),
      add({ text: 'x' }, 'nameless', ''),
    ];
    await completeRaw(run, await whenPending(run, 'callModel'), json({ content: 'By hand.', toolCalls }));
    expect(String(await run.result())).toBe('Done.');
    const results = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
    expect(Object.fromEntries(results.map((event) => [event['toolId'], event['toolOutput']]))).toEqual({
      right: '3',
      wrong: expect.stringMatching(/The arguments of "add" cannot be used/),
      unknown: expect.stringMatching(/There is no tool "nothing"/),
      nameless: expect.stringMatching(/There is no tool ""/),
    });
    await rememberPlayed(run);
  });
});

const details = (...payloads: readonly Payload[]): object => ({ payloads });
const final = (more: object = {}): object => ({ nonRetryable: true, ...more });
/** As JSON what `temporal activity fail` sends, and what it could not. */
const failures: readonly [string, object, RegExp][] = [
  ['for a reason', { message: 'because', applicationFailureInfo: final() }, /because/],
  ['without one', { applicationFailureInfo: final() }, /./],
  ['with a code of another kind', { message: 'm', applicationFailureInfo: final({ type: 'ANSWER_REFUSED' }) }, /m/],
  [
    'with details that are no JSON',
    { message: 'm', applicationFailureInfo: final({ details: details(payload('json/plain', '{')) }) },
    /m .*cannot be decoded/,
  ],
  ['with details of any kind', { message: 'm', applicationFailureInfo: final({ details: details(json([[7]])) }) }, /m/],
  [
    'with attributes that cannot be decoded',
    { message: 'm', encodedAttributes: payload('what/ever', '?'), applicationFailureInfo: final() },
    /m .*cannot be decoded/,
  ],
  ['at length', { message: 'x'.repeat(500_000), applicationFailureInfo: final() }, /^x+/],
];

test.each(failures)(
  'a model call that is failed by hand %s fails the run in those words',
  async (_name, failure, why) => {
    const run = await temporal.run('toolAgent', [held()]);
    await failRaw(run, await whenPending(run, 'callModel'), failure);
    const ended = (await run.result().catch((error: unknown) => error)) as Error;
    expect(ended).toMatchObject({
      details: { cause: 'MODEL_REJECTED' },
      message: expect.stringMatching(why),
    });
    expect(ended.message.length).toBeLessThan(4200);
    expect(await taskFailures(run)).toEqual([]);
  },
);

async function runningTool(name: string): Promise<{ readonly run: WorkflowHandler; readonly id: string }> {
  const run = await temporal.run('toolAgent', [calls([name]), says('Done.')]);
  return { run, id: await whenPending(run, `tool:${name}`) };
}

async function toolResult(run: WorkflowHandler): Promise<unknown> {
  expect(String(await run.result())).toBe('Done.');
  const { toolOutput, isError } = await eventOfType(run, 'ToolCallResult');
  return isError === true ? { failed: toolOutput } : toolOutput;
}

test.each<[string, object, RegExp]>([
  ...failures,
  ['as a child workflow', { message: 'child', childWorkflowExecutionFailureInfo: {} }, /child .*cannot be decoded/],
  ['as nothing at all', {}, /./],
])('a tool that is failed by hand %s is a tool error', async (_name, failure, why) => {
  const { run, id } = await runningTool('slow');
  await failRaw(run, id, failure);
  expect(await toolResult(run)).toEqual({ failed: expect.stringMatching(why) });
  await rememberPlayed(run);
});

describe('a tool that is completed by hand', () => {
  test('with what fits its schema has given that', async () => {
    const { run, id } = await runningTool('slow');
    await completeRaw(run, id, json('by hand'));
    expect(await toolResult(run)).toBe('by hand');
  });

  test.each<[string, Payload, RegExp]>([
    ['what does not fit its schema', json(7), /result that cannot be used: .*Expected string/],
    ['null', json(null), /result that cannot be used/],
    ['broken JSON', payload('json/plain', '"a'), /cannot be decoded/],
    ['json/protobuf', payload('json/protobuf', '{}'), /cannot be decoded/],
    ['an unknown encoding', payload('what/ever', '"a"'), /cannot be decoded/],
    ['raw bytes', payload('binary/plain', 'yes'), /result that cannot be used/],
    ['1.5 MB', json('x'.repeat(1_500_000)), /more than 1048576/],
    ['very deep nesting', payload('json/plain', `${'['.repeat(5000)}${']'.repeat(5000)}`), /deep/],
    ['__proto__', payload('json/plain', '{"__proto__":{"a":1}}'), /__proto__/],
  ])('with %s is a tool error, at every worker', async (_name, result, why) => {
    const { run, id } = await runningTool('slow');
    await completeRaw(run, id, result);
    expect(await toolResult(run)).toEqual({ failed: expect.stringMatching(why) });
    await rememberPlayed(run);
  });
});

test('each of these streams is the same at a worker that replays its run', async () => {
  await temporal.stopWorker();
  await temporal.startWorker();
  expect(played.length).toBeGreaterThan(15);
  for (const { run, events } of played) {
    expect(await allEvents(run)).toEqual(events);
    expect(await taskFailures(run)).toEqual([]);
  }
});
