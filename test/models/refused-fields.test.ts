import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import {
  startScriptedModel,
  type ModelScript,
  type ProviderRules,
  type ScriptedModel,
  type ScriptedReply,
} from '../../src/testing';
import { linkIdsOf, useShortLinks } from '../setup/links';
import { says } from '../setup/temporal';

/** Providers refuse a request that has lost what they gave with a reply: signatures of calls, thoughts beside them. */
const temporal = useShortLinks();
beforeAll(async () => await temporal.stopWorker());

const thinks = (name: string, args: object): ScriptedReply => ({
  toolCalls: [{ name, arguments: args }],
  reasoning: `I need ${name}.`,
});
const add = (): ScriptedReply => thinks('add', { a: 1, b: 2 });

describe.each<[ProviderRules, string]>([
  ['gemini', 'gemini-3-pro'],
  ['deepseek', 'deepseek-reasoner'],
  ['openrouter', 'anthropic/claude-sonnet-4.5'],
])('what %s wants to have back', (rules, name) => {
  let model: ScriptedModel;
  let other: ScriptedModel;
  beforeAll(async () => {
    [model, other] = await Promise.all([startScriptedModel({ rules }), startScriptedModel({ rules: 'mistral' })]);
  });
  afterEach(async () => await temporal.stopWorker());
  afterAll(async () => {
    await Promise.all([model.close(), other.close()]);
  });

  const clientOf = ({ url }: ScriptedModel): OpenAI => new OpenAI({ apiKey: 'scripted', baseURL: url });
  const start = async (workflow: string, replies: ModelScript, input: object = {}) => {
    const source = { client: clientOf(model), model: name };
    const models = { scripted: source, quick: source, careful: { client: clientOf(other) } };
    await temporal.startWorker({ models });
    model.script(replies);
    return await temporal.client.run(workflow, { userMsg: 'Go.', ...input }, { taskQueue: temporal.taskQueue });
  };

  test('goes back with each step of a turn and of the next, and in a run from a context', async () => {
    const first = await start('toolAgent', [add(), add(), says('Three.')]);
    expect(await first.result()).toMatchObject({ response: 'Three.' });
    const context = JSON.parse(JSON.stringify(await first.context())) as unknown;
    await temporal.stopWorker();
    const next = await start('toolAgent', [add(), says('Yes.')], { userMsg: 'Sure?', context });
    expect(await next.result()).toMatchObject({ response: 'Yes.' });
    const calling = model.requests.at(-1)?.messages.filter(({ tool_calls: calls }) => calls !== undefined) ?? [];
    const kept = rules === 'deepseek' ? /I need add/ : /signed-/;
    expect(calling.map((message) => kept.test(JSON.stringify(message)))).toEqual([true, true, true]);
  });

  test('goes back in a conversation whose run goes on in new links', async () => {
    const script = ({ messages }: { messages: readonly { role: string }[] }): ScriptedReply =>
      messages.at(-1)?.role === 'user' ? add() : says('Three.');
    const run = await start('toolAgent', script, { userMsg: 'm0', conversation: true });
    for (let nth = 1; nth < 8; nth += 1) await run.sendMessage(`m${nth}`);
    await run.close();
    expect(await run.result()).toMatchObject({ response: 'Three.' });
    expect((await linkIdsOf(temporal, run)).length).toBeGreaterThan(1);
  });

  test('does not go to the model that a conversation is handed to, whose calls it takes when it has it again', async () => {
    const hand = (to: string): ScriptedReply => thinks('handoff', { to_agent: to, reason: 'yours' });
    other.script([{ toolCalls: [{ name: 'handoff', arguments: { to_agent: 'A', reason: 'back' } }] }]);
    const run = await start('relayAgent', [hand('B'), says('Solved.')]);
    expect(await run.result()).toMatchObject({ response: 'Solved.' });
    expect(JSON.stringify(other.requests)).not.toMatch(/signed-|I need/);
  });
});
