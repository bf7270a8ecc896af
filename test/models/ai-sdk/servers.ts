/**
 * Servers: Anthropic's Messages API and Gemini's generateContent, as far as agents need them, under their documented rules.
 *
 * A request that breaks one gets the provider's own 400. Signed thoughts are remembered: they must come back as they were.
 *
 * @module
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  readonly text?: string;
  readonly thought?: string;
  readonly calls?: readonly { readonly name: string; readonly args: object }[];
  readonly status?: number;
}

type Fields = Readonly<Record<string, unknown>>;
type Handle = (
  body: Fields,
  reply: Reply,
  nth: number,
) => { readonly refusal?: string; readonly events: readonly object[] };

export interface ProviderServer {
  readonly url: string;
  readonly requests: readonly Fields[];
  script(replies: readonly Reply[]): void;
  close(): Promise<void>;
}

export const anthropicServer = (): Promise<ProviderServer> => serve('anthropic', messages());
export const geminiServer = (): Promise<ProviderServer> => serve('gemini', generateContent());

async function serve(kind: 'anthropic' | 'gemini', handle: Handle): Promise<ProviderServer> {
  const requests: Fields[] = [];
  let replies: readonly Reply[] = [];
  let next = 0;
  const answer = (response: ServerResponse, text: string): void => {
    const body = JSON.parse(text) as Fields;
    const reply = replies[next++] ?? { status: 500 };
    const { refusal, events } = handle(body, reply, requests.push(body));
    if (refusal !== undefined || reply.status !== undefined) {
      const status = refusal === undefined ? (reply.status as number) : 400;
      return void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(errorOf(kind, status, refusal ?? 'The provider says no.')));
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
    incoming.on('end', () => answer(response, Buffer.concat(parts).toString('utf8')));
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
  return (body, { text, thought, calls = [] }, nth) => {
    const given = body['messages'] as readonly { readonly role: string; readonly content: readonly Block[] }[];
    const signature = `signed-${nth}`;
    const blocks: Block[] = [
      ...(thought === undefined ? [] : [{ type: 'thinking', thinking: thought, signature }]),
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...calls.map(({ name, args }, at) => ({ type: 'tool_use', id: `toolu_${nth}_${at}`, name, input: args })),
    ];
    const refusal = anthropicRefusal(given, signatures);
    if (thought !== undefined) signatures.add(signature);
    return { ...(refusal === undefined ? {} : { refusal }), events: anthropicEvents(blocks, nth) };
  };
}

function anthropicRefusal(
  given: readonly { readonly role: string; readonly content: readonly Block[] }[],
  signatures: ReadonlySet<string>,
): string | undefined {
  for (const [at, { role, content }] of given.entries()) {
    if (role !== (at % 2 === 0 ? 'user' : 'assistant'))
      return 'messages: roles must alternate between "user" and "assistant"';
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

function generateContent(): Handle {
  const signatures = new Set<string>();
  return (body, { text, calls = [] }, nth) => {
    const contents = body['contents'] as readonly { readonly role: string; readonly parts: readonly Fields[] }[];
    const bad = contents
      .flatMap(({ parts }) => parts)
      .find((part) => 'functionCall' in part && !signatures.has(String(part['thoughtSignature'])));
    const parts = [
      ...(text === undefined ? [] : [{ text }]),
      ...calls.map(({ name, args }, at) => ({ functionCall: { name, args }, thoughtSignature: `signed-${nth}-${at}` })),
    ];
    for (const part of parts) if ('thoughtSignature' in part) signatures.add(part.thoughtSignature);
    return {
      ...(bad === undefined
        ? {}
        : {
            refusal:
              'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.',
          }),
      events: [
        {
          candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
          usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
        },
      ],
    };
  };
}
