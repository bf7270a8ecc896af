import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anthropicServer, type ProviderServer } from '../models/ai-sdk/servers';
import { compile, makeProject, packPackage, type Project, removeProject } from './project';

/*
 * The AI SDK's provider packages as they are published, one of each of its releases, in a project that has ours packed.
 */

const run = promisify(execFile);
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const folder = mkdtempSync(join(tmpdir(), 'countersign-ai-sdk-'));
const installed = (sdk: number): string => join(folder, String(sdk), 'node_modules');
const projects: Project[] = [];
let packed: string;
let server: ProviderServer;

beforeAll(async () => {
  const install = async (sdk: number, ...packages: readonly string[]): Promise<void> => {
    const cwd = join(folder, String(sdk));
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd });
  };
  [packed, server] = await Promise.all([
    packPackage(),
    anthropicServer(),
    install(5, '@ai-sdk/anthropic@2'),
    install(6, '@ai-sdk/anthropic@3'),
    // Its packages are ES modules, and want Node 22.
    install(7, '@ai-sdk/anthropic@4', `node22@npm:node-${platform}@22`),
  ]);
}, 300_000);

afterAll(async () => {
  await server.close();
  for (const project of [{ folder }, { folder: join(packed, '..') }, ...projects]) removeProject(project);
});

const PROGRAM = `import { createAnthropic } from '@ai-sdk/anthropic';
import { aiSdkModel, type ModelRequest } from 'countersign/ai-sdk';

const claude = createAnthropic({ apiKey: 'x', baseURL: process.env['ANTHROPIC_URL'] as string })('claude-sonnet-4-5');
const model = aiSdkModel(claude, { providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } } } });
const request: ModelRequest = {
  llm: 'claude',
  system: ['You add.'],
  messages: [{ role: 'user', content: 'Add 1 and 2.' }],
  tools: [{ name: 'add', description: 'Adds.', parameters: { type: 'object', properties: {} } }],
  allowParallelToolCalls: true,
  stream: true,
  settings: {},
};
let heard = '';
const options = { signal: new AbortController().signal, timeoutMs: 10_000, onText: (text: string) => void (heard = text) };
const { content, toolCalls, provider } = await model.ask(request, options);
const calls = toolCalls.map(({ id, name, arguments: text }) => ({ id, name, args: JSON.parse(text) }));
const messages: ModelRequest['messages'] = [
  ...request.messages,
  { role: 'assistant', content, toolCalls: calls, ...(provider === undefined ? {} : { provider }) },
  ...calls.map(({ id }) => ({ role: 'tool' as const, toolCallId: id, content: '3' })),
];
const last = await model.ask({ ...request, messages, stream: false }, options);
console.log(JSON.stringify({ specification: claude.specificationVersion, heard, calls, said: last.content, usage: last.usage }));
`;

test.each([
  [5, 'v2', process.execPath],
  [6, 'v3', process.execPath],
  [7, 'v4', join(installed(7), 'node22/bin/node')],
])(
  'a model of AI SDK %i calls a tool, and gets its signed thoughts back',
  async (sdk, specification, node) => {
    const project = makeProject('ES modules', new Map([['ask.ts', PROGRAM]]), packed, installed(sdk));
    projects.push(project);
    await compile(project, 'ES modules');
    server.script([
      { thought: 'A sum.', text: 'Let me see.', calls: [{ name: 'add', args: { a: 1, b: 2 } }] },
      { text: 'Three.' },
    ]);
    const env = { ...process.env, ANTHROPIC_URL: `${server.url}/v1` };
    const { stdout } = await run(node, [join(project.programs, 'ask.js')], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      specification,
      heard: 'Let me see.',
      calls: [{ name: 'add', args: { a: 1, b: 2 } }],
      said: 'Three.',
      usage: { inputTokens: 7, outputTokens: 3 },
    });
    expect(JSON.stringify(server.requests.at(-1)).match(/signed-/g)).toHaveLength(1);
  },
  120_000,
);
