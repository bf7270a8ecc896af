/**
 * Agents behind LiteLLM's proxy, which turns chat completions into the words of Anthropic and Gemini. These two are
 * strict servers of ours. `LITELLM` is its program: CONTRIBUTING.md.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { freePort } from '../../src/testing/free-port';
import { anthropicServer, geminiServer, playAt, type ProviderServer, type Reply } from '../models/ai-sdk/servers';
import { allEvents, eventOfType, EXAMPLE_STREAM, TestTemporal } from '../setup/temporal';

type Provider = 'anthropic' | 'gemini';

const MODELS = { anthropic: 'claude-sonnet-4-5', gemini: 'gemini-3-pro-preview' } as const;
/** Where each provider has its API below an address. */
const BASES = { anthropic: '', gemini: '/v1beta' } as const;
const THINKING = { thinking: { type: 'enabled', budget_tokens: 2000 } };

const { LITELLM: program } = process.env;
const apiKey = `sk-${randomBytes(32).toString('hex')}`;

describe.each<Provider>(['anthropic', 'gemini'])('an agent behind LiteLLM whose model is of %s', (provider) => {
  const temporal = new TestTemporal();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-litellm-'));
  let server: ProviderServer;
  let proxy: ChildProcess | undefined;

  beforeAll(async () => {
    if (program === undefined) {
      throw new Error(
        'npm run test:litellm runs LiteLLM: set LITELLM to its program. CONTRIBUTING.md says how to get it.',
      );
    }
    server = await { anthropic: anthropicServer, gemini: geminiServer }[provider]();
    const model = MODELS[provider];
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = join(folder, 'config.yaml');
    const params = { model: `${provider}/${model}`, api_base: `${server.url}${BASES[provider]}`, api_key: 'x' };
    // YAML takes JSON.
    writeFileSync(config, JSON.stringify({ model_list: [{ model_name: model, litellm_params: params }] }));
    proxy = spawn(program, ['--config', config, '--host', '127.0.0.1', '--port', String(port)], {
      env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_MASTER_KEY: apiKey },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const isUp = async (): Promise<boolean> =>
      (await fetch(`${url}/health/liveliness`).catch(() => undefined))?.ok === true;
    while (!(await isUp())) {
      if (proxy.exitCode !== null) throw new Error('LiteLLM has ended.');
      await delay(200);
    }
    const client = new OpenAI({ apiKey, baseURL: `${url}/v1` });
    const modelSettings = provider === 'anthropic' ? { extraBody: THINKING, maxTokens: 4000 } : {};
    const source = { client, model, modelSettings };
    await temporal.start({ models: { 'gpt-4o-mini': source, scripted: source } });
  }, 120_000);

  afterAll(async () => {
    await temporal.stop();
    if (proxy?.kill() === true) await once(proxy, 'exit');
    await server?.close();
    rmSync(folder, { recursive: true });
  });

  const play = async (workflow: string, replies: readonly Reply[], input: object = {}) => {
    return await playAt(server, temporal, workflow, replies, input);
  };

  test('runs the example', async () => {
    const { run } = await play('dangerousAgent', [
      { thought: 'Is it safe?', calls: [{ name: 'dangerous_task', args: {} }] },
      { text: 'All done.' },
    ]);
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
    expect(await run.result()).toMatchObject({ response: 'All done.' });
    expect((await allEvents(run)).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  });

  test('gets its signed thoughts back with each step, and in a run that goes on from a context', async () => {
    const calling = { thought: 'A sum.', text: 'Let me see.', calls: [{ name: 'add', args: { a: 1, b: 2 } }] };
    const first = await play('toolAgent', [calling, calling, { text: 'Three.' }]);
    expect(await first.run.result()).toMatchObject({ response: 'Three.' });
    const context = JSON.parse(JSON.stringify(await first.run.context())) as unknown;
    const next = await play('toolAgent', [{ text: 'Yes.' }], { userMsg: 'Sure?', context });
    expect(await next.run.result()).toMatchObject({ response: 'Yes.' });
    expect(JSON.stringify(next.requests()[0]).match(/signed-/g)).toHaveLength(2);
  });

  test('gives data of a schema', async () => {
    const { run } = await play('personAgent', [{ text: 'It is Ann.' }, { text: '{"name":"Ann","age":42}' }]);
    expect(await run.result()).toMatchObject({ structuredResponse: { name: 'Ann', age: 42 } });
  });

  test('fails in the provider’s words where it is refused', async () => {
    const { run } = await play('toolAgent', [{ status: 401 }, { status: 401 }, { status: 401 }]);
    await expect(run.result()).rejects.toMatchObject({ message: expect.stringContaining('The provider says no.') });
  });
});
