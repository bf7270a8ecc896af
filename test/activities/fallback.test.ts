import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { AgentError } from '../../src/protocol';
import { startScriptedModel, type ScriptedModel, type ScriptedReply } from '../../src/testing';
import type { AgentWorkerOptions } from '../../src/worker';
import { allEvents, says, TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
let first: ScriptedModel;
let second: ScriptedModel;
let before: readonly number[] = [];

const clientOf = ({ url }: ScriptedModel): OpenAI => new OpenAI({ apiKey: 'scripted', baseURL: url });
const refuses = (message: string): ScriptedReply => ({ status: 400, error: { message } });
/** How often each was asked in this test. */
const asked = (): readonly number[] => [first, second].map(({ requests }, nth) => requests.length - (before[nth] ?? 0));
const titleOfSecond = (): string => `claude at ${new URL(second.url).host}`;

beforeAll(async () => {
  [first, second] = await Promise.all([startScriptedModel(), startScriptedModel()]);
  const scripted = [
    { client: clientOf(first) },
    { client: clientOf(second), model: 'claude', modelSettings: { maxTokens: 500 } },
  ];
  await temporal.start({ models: { scripted } });
});
afterEach(() => {
  before = [first, second].map(({ requests }) => requests.length);
});
afterAll(async () => {
  await temporal.stop();
  await Promise.all([first.close(), second.close()]);
});

describe('what a retry cannot mend is asked of the next model, in the same attempt', () => {
  test.each<[string, ScriptedReply]>([
    ['a wrong key', { status: 401, error: { message: 'Incorrect API key' } }],
    ['no quota', { status: 429, error: { code: 'insufficient_quota' } }],
    ['an unknown model', { status: 404, error: { message: 'no such model' } }],
    ['a refused request', refuses('bad tool')],
    ['a conversation too long', { status: 400, error: { code: 'context_length_exceeded' } }],
    ['a limit that ends after modelRetryFor', { status: 429, headers: { 'retry-after': '7200' } }],
    ['a limit that ends in some minutes', { status: 429, headers: { 'retry-after': '600' } }],
  ])('%s', async (_why, reply) => {
    first.script([reply]);
    second.script([says('Here I am.')]);
    const run = await temporal.run('toolAgent', []);
    const result = await run.result();
    expect(String(result)).toBe('Here I am.');
    expect(asked()).toEqual([1, 1]);
    expect(Object.keys(result.usage ?? {})).toEqual([titleOfSecond()]);
    const events = await allEvents(run);
    expect(events.find(({ type }) => type === 'AgentOutput')).toMatchObject({ answeredBy: titleOfSecond() });
    const history = JSON.stringify(await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory());
    expect(history).toContain('"attempt":1');
    expect(history).not.toContain('"attempt":2');
  });
});

test('what passes is asked of the first again, and nothing of the others is recorded', async () => {
  first.script([{ status: 500 }, says('Here I am.')]);
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
  expect(asked()).toEqual([2, 0]);
  expect((await allEvents(run)).find(({ type }) => type === 'AgentOutput')).not.toHaveProperty('answeredBy');
});

test('an outage that outlasts half of the time for trying again is a matter for the next', async () => {
  first.script([{ status: 503 }]);
  second.script([says('Here I am.')]);
  const run = await temporal.run('impatientAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
  expect(asked()).toEqual([2, 1]);
});

test('a first that never answers has all the time of the first attempt, then an equal share', async () => {
  first.script(() => ({ content: 'Late.', hold: new Promise(() => undefined) }));
  second.script([says('Here I am.')]);
  const run = await temporal.run('limitedModelAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
  expect(asked()).toEqual([2, 1]);
});

test('when none can reply the run fails at once, and says what each said', async () => {
  first.script([{ status: 401, error: { message: 'Incorrect API key' } }]);
  second.script([refuses('bad tool')]);
  const run = await temporal.run('toolAgent', []);
  await expect(run.result()).rejects.toMatchObject({
    details: { cause: 'MODEL_UNAUTHORIZED' },
    message: expect.stringMatching(
      /No model of "scripted" gave a reply\. 1\. .*Incorrect API key.* 2\. .*"claude".*bad tool/s,
    ),
  });
  expect(asked()).toEqual([1, 1]);
});

test('what passes at one of them is tried again, though it is final at the other', async () => {
  first.script([{ status: 401, error: { message: 'Incorrect API key' } }]);
  second.script([{ status: 503 }, says('Here I am.')]);
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('Here I am.');
  expect(asked()).toEqual([2, 2]);
});

test('a useless reply is asked for again of the next, and of the first after the last', async () => {
  first.script([says(''), says('At last.')]);
  second.script([says(' ')]);
  const run = await temporal.run('toolAgent', []);
  const { response, usage } = await run.result();
  expect(response).toBe('At last.');
  expect(asked()).toEqual([2, 1]);
  expect(usage).toMatchObject({ scripted: { calls: 2 }, [titleOfSecond()]: { calls: 1 } });
});

test('a cancelled call is asked of nobody else', async () => {
  first.script([{ content: 'Late.', hold: new Promise(() => undefined) }]);
  second.script([says('Never.')]);
  const { aborted } = first;
  const run = await temporal.run('toolAgent', []);
  await first.whenRequested((before[0] ?? 0) + 1);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  await first.whenAborted(aborted + 1);
  expect(asked()).toEqual([1, 0]);
});

test('each gets the conversation in its own way: its own ids and fields, the others’ calls as foreign', async () => {
  const extra = (sig: string) => ({ extra_content: { google: { thought_signature: sig } } });
  const call = (id: string, sig: string): ScriptedReply => ({
    toolCalls: [{ id, name: 'add', arguments: { a: 1, b: 2 }, extra: extra(sig) }],
  });
  const gone: ScriptedReply = { status: 402, error: { message: 'no balance' } };
  first.script([call('call_of_first', 'one'), gone]);
  second.script([call('call_of_second', 'two'), says('3')]);
  const run = await temporal.run('toolAgent', []);
  expect(String(await run.result())).toBe('3');
  first.script([says('Still 3.')]);
  const next = await temporal.run('toolAgent', [], { context: await run.context(), userMsg: 'Sure?' });
  expect(String(await next.result())).toBe('Still 3.');
  const told = ({ requests }: ScriptedModel): readonly object[] =>
    requests.at(-1)?.messages.flatMap(({ tool_calls: made = [] }) => made) ?? [];
  expect(told(second)).toMatchObject([
    { id: expect.stringMatching(/^[a-f0-9]{9}$/) },
    { id: 'call_of_second', ...extra('two') },
  ]);
  expect(told(second)[0]).not.toHaveProperty('extra_content');
  expect(told(first)).toMatchObject([
    { id: 'call_of_first', ...extra('one') },
    { id: expect.stringMatching(/^[a-f0-9]{9}$/) },
  ]);
  expect(told(first)[1]).not.toHaveProperty('extra_content');
});

test('settings reach whatever is asked; how long an agent may speak bounds no summary and no data', async () => {
  const long = 'word '.repeat(60);
  const settings = ({ requests }: ScriptedModel, from: number): readonly object[] =>
    requests.slice(from).map(({ temperature, max_tokens }) => ({ temperature, max_tokens }));
  const context = await (async () => {
    first.script([says('Fine.'), says('{"name":"Ada"}')]);
    const run = await temporal.run('settledAgent', [], long);
    expect((await run.result()).structuredResponse).toEqual({ name: 'Ada' });
    const history = JSON.stringify(await temporal.client.temporal.workflow.getHandle(run.workflowId).fetchHistory());
    expect(Buffer.from(history).includes(Buffer.from('temperature').toString('base64').slice(0, 12))).toBe(false);
    return await run.context();
  })();
  expect(settings(first, before[0] ?? 0)).toEqual([{ temperature: 0.25, max_tokens: 16 }, { temperature: 0.25 }]);
  first.script([refuses('no')]);
  second.script([says('A summary.'), says('Fine.'), says('{"name":"Ada"}')]);
  const next = await temporal.run('settledAgent', [], { context, userMsg: 'And?' });
  await next.result();
  expect(settings(second, before[1] ?? 0)).toEqual([
    { temperature: 0.25, max_tokens: 500 },
    { temperature: 0.25, max_tokens: 16 },
    { temperature: 0.25, max_tokens: 500 },
  ]);
});

describe('a model of one’s own', () => {
  const withModels = async (
    scripted: NonNullable<AgentWorkerOptions['models']>[string],
    test_: () => Promise<void>,
  ) => {
    await temporal.stopWorker();
    await temporal.startWorker({ models: { scripted } });
    await test_();
  };

  test('is asked as any other; watchers hear the words of one model', async () => {
    let hear = (): void => undefined;
    const heard = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const talker = {
      title: 'talker',
      ask: async (_request: unknown, { onText }: { readonly onText: (text: string) => void }): Promise<never> => {
        onText('Half of');
        await heard;
        throw new AgentError('MODEL_REJECTED', 'talker lost its thread', {});
      },
    };
    await withModels([talker, { client: clientOf(second) }], async () => {
      second.script([says('Another story.')]);
      const run = await temporal.run('toolAgent', []);
      const words: unknown[] = [];
      for await (const event of run.streamEvents()) {
        if (event.type !== 'AgentStream') continue;
        words.push(event['response']);
        hear();
      }
      expect(String(await run.result())).toBe('Another story.');
      expect(words).toEqual(['Half of']);
    });
  });

  test('that throws what it likes counts as unavailable, and its words are told', async () => {
    let times = 0;
    const moody = {
      title: 'moody',
      client: 'its own',
      ask: async (): Promise<never> => {
        times += 1;
        throw await Promise.resolve(new TypeError('not today'));
      },
    };
    await withModels([moody, moody], async () => {
      const run = await temporal.run('impatientAgent', []);
      await expect(run.result()).rejects.toMatchObject({
        details: { cause: 'MODEL_UNAVAILABLE' },
        message: expect.stringMatching(/not today.*not today/s),
      });
      expect(times).toBeGreaterThan(1);
    });
  });
});
