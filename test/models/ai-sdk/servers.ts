/**
 * Servers: Anthropic's Messages API and Gemini's generateContent, as far as agents need them, under their documented rules.
 *
 * A request that breaks one gets the provider's own 400. Signed thoughts are remembered: they must come back as they were.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowHandler } from '../../../src/client';
import type { TestTemporal } from '../../setup/temporal';
import { generateContent } from './gemini';
import type { Asked, Fields, Handle, Reply } from './provider';

export type { Reply } from './provider';

export interface ProviderServer {
  readonly url: string;
  readonly requests: readonly Fields[];
  script(replies: readonly Reply[]): void;
  close(): Promise<void>;
}

/** Start a run whose provider gives these replies. @returns It, and what the provider has been asked since. */
export async function playAt(
  server: ProviderServer,
  { client, taskQueue }: TestTemporal,
  workflow: string,
  replies: readonly Reply[],
  input: object,
): Promise<{ readonly run: WorkflowHandler; requests(): readonly Fields[] }> {
  server.script(replies);
  const before = server.requests.length;
  const run = await client.run(workflow, { userMsg: 'Go.', ...input }, { taskQueue });
  return { run, requests: () => server.requests.slice(before) };
}

export const anthropicServer = (): Promise<ProviderServer> => serve('anthropic', messages());
export const geminiServer = (): Promise<ProviderServer> => serve('gemini', generateContent());

async function serve(kind: 'anthropic' | 'gemini', handle: Handle): Promise<ProviderServer> {
  const requests: Fields[] = [];
  let replies: readonly Reply[] = [];
  let next = 0;
  const answer = (incoming: IncomingMessage, response: ServerResponse, text: string): void => {
    const body = JSON.parse(text) as Fields;
    const reply = replies[next++] ?? { status: 500 };
    const { refusal, events, whole } = handle(
      { path: incoming.url ?? '', headers: incoming.headers, body },
      reply,
      requests.push(body),
    );
    if (refusal !== undefined || reply.status !== undefined) {
      const status = refusal === undefined ? (reply.status as number) : 400;
      return void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(errorOf(kind, status, refusal ?? reply.message ?? 'The provider says no.')));
    }
    if (body['stream'] !== true && !/:stream/.test(incoming.url ?? '')) {
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) {
      const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    response.end();
  };
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => answer(incoming, response, Buffer.concat(parts).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (given) => {
      replies = given;
      next = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function errorOf(kind: 'anthropic' | 'gemini', code: number, message: string): object {
  return kind === 'anthropic'
    ? { type: 'error', error: { type: 'invalid_request_error', message } }
    : { error: { code, message, status: 'INVALID_ARGUMENT' } };
}

interface Block extends Fields {
  readonly type: string;
}

function messages(): Handle {
  const signatures = new Set<string>();
  return (asked, { text, thought, calls = [] }, nth) => {
    const given = turnsOf(asked.body);
    const signature = `signed-${nth}`;
    const blocks: Block[] = [
      ...(thought === undefined ? [] : [{ type: 'thinking', thinking: thought, signature }]),
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...calls.map(({ name, args }, at) => ({ type: 'tool_use', id: `toolu_${nth}_${at}`, name, input: args })),
    ];
    const refusal = anthropicRequestRefusal(asked) ?? anthropicRefusal(given, signatures);
    if (thought !== undefined) signatures.add(signature);
    const [{ message: head }] = anthropicEvents(blocks, nth) as [{ message: object }];
    const whole = { ...head, content: blocks, stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn' };
    return { ...(refusal === undefined ? {} : { refusal }), events: anthropicEvents(blocks, nth), whole };
  };
}

interface Turn {
  readonly role: string;
  readonly content: readonly Block[];
}

/** A text stands for one block of it. */
function turnsOf({ messages: given }: Fields): readonly Turn[] {
  return (given as readonly { readonly role: string; readonly content: string | readonly Block[] }[]).map(
    ({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    }),
  );
}

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

function anthropicRequestRefusal({ path, headers, body }: Asked): string | undefined {
  const { max_tokens: most, thinking, temperature, tool_choice: choice, tools = [] } = body;
  if (path !== '/v1/messages') return `Not found: ${path}`;
  if (typeof headers['x-api-key'] !== 'string') return 'x-api-key header is required';
  if (headers['anthropic-version'] !== '2023-06-01') return 'anthropic-version: header is required';
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1) return 'max_tokens: Field required';
  const budget = (thinking as Fields | undefined)?.['budget_tokens'];
  if (typeof budget === 'number' && (budget < 1024 || budget >= most)) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`';
  }
  if (thinking !== undefined && temperature !== undefined && temperature !== 1) {
    return '`temperature` may only be set to 1 when thinking is enabled';
  }
  if (thinking !== undefined && /any|tool/.test(String((choice as Fields | undefined)?.['type']))) {
    return 'Thinking may not be enabled when tool_choice forces tool use.';
  }
  for (const [nth, tool] of (tools as readonly Fields[]).entries()) {
    if (!NAME.test(String(tool['name'])))
      return `tools.${nth}.custom.name: String should match pattern '${NAME.source}'`;
    if ((tool['input_schema'] as Fields | undefined)?.['type'] !== 'object')
      return `tools.${nth}.custom.input_schema.type: Field required`;
  }
  const isUsed = turnsOf(body).some(({ content }) => content.some(({ type }) => type.startsWith('tool_')));
  return isUsed && (tools as readonly unknown[]).length === 0
    ? 'Requests which include `tool_use` or `tool_result` blocks must define tools'
    : undefined;
}

function anthropicRefusal(given: readonly Turn[], signatures: ReadonlySet<string>): string | undefined {
  for (const [at, { role, content }] of given.entries()) {
    if (role !== (at % 2 === 0 ? 'user' : 'assistant'))
      return 'messages: roles must alternate between "user" and "assistant"';
    if (content.length === 0) return `messages.${at}: all messages must have non-empty content`;
    const asked = (given[at - 1]?.content ?? []).filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const answered = content.filter(({ type }) => type === 'tool_result').map((one) => one['tool_use_id']);
    if (answered.some((id) => !asked.includes(id))) {
      return `messages.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks`;
    }
    const open = content.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const results = (given[at + 1]?.content ?? [])
      .filter(({ type }) => type === 'tool_result')
      .map((one) => one['tool_use_id']);
    if (open.some((id) => !results.includes(id))) {
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after`;
    }
    for (const block of content) {
      if (block.type === 'text' && String(block['text']).trim() === '')
        return 'messages: text content blocks must be non-empty';
      if (block.type === 'thinking' && !signatures.has(String(block['signature']))) {
        return `messages.${at}.content.0: Invalid \`signature\` in \`thinking\` block`;
      }
    }
  }
  return undefined;
}

function anthropicEvents(blocks: readonly Block[], nth: number): readonly object[] {
  const usage = { input_tokens: 7, output_tokens: 3 };
  const hasCalls = blocks.some(({ type }) => type === 'tool_use');
  const head = {
    id: `msg_${nth}`,
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  return [
    { type: 'message_start', message: head },
    ...blocks.flatMap((block, index) => {
      const empty = { text: { text: '' }, thinking: { thinking: '', signature: '' }, tool_use: { input: {} } }[
        block.type
      ];
      const deltas: Readonly<Record<string, readonly object[]>> = {
        text: [{ type: 'text_delta', text: block['text'] }],
        thinking: [
          { type: 'thinking_delta', thinking: block['thinking'] },
          { type: 'signature_delta', signature: block['signature'] },
        ],
        tool_use: [{ type: 'input_json_delta', partial_json: JSON.stringify(block['input']) }],
      };
      return [
        { type: 'content_block_start', index, content_block: { ...block, ...empty } },
        ...(deltas[block.type] ?? []).map((delta) => ({ type: 'content_block_delta', index, delta })),
        { type: 'content_block_stop', index },
      ];
    }),
    { type: 'message_delta', delta: { stop_reason: hasCalls ? 'tool_use' : 'end_turn', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
}
