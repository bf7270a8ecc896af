/**
 * Responses: the scripted model's replies and requests in the shapes of OpenAI's Responses API.
 *
 * A script sees every request as chat completions, so that one script serves both.
 *
 * @module
 */
import type { Completion } from './chat-completion';
import type { ResponsesBody } from './rules/responses';
import type { ModelMessage, ModelRequest } from './scripted-reply';

type Item = Readonly<Record<string, unknown>>;

/** The request as a script sees it, with the Responses API's own fields beside. */
export function asChatRequest(body: ResponsesBody): ModelRequest {
  const { instructions, tools, stream } = body;
  const items = Array.isArray(body.input) ? (body.input as readonly Item[]) : [];
  return {
    ...body,
    model: String(body.model),
    messages: [
      ...(typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []),
      ...messagesOf(items),
    ],
    ...(Array.isArray(tools)
      ? {
          tools: (tools as readonly Item[]).map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name: String(name), description: String(description), parameters },
          })),
        }
      : {}),
    stream: stream === true,
  };
}

function messagesOf(items: readonly Item[]): readonly ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (const { type, role, content, call_id: id, name, arguments: args, output } of items) {
    const last = messages.at(-1);
    if (type === 'function_call') {
      const call = {
        id: String(id),
        type: 'function' as const,
        function: { name: String(name), arguments: String(args) },
      };
      if (last?.role !== 'assistant') messages.push({ role: 'assistant', content: null, tool_calls: [call] });
      else messages[messages.length - 1] = { ...last, tool_calls: [...(last.tool_calls ?? []), call] };
    } else if (type === 'function_call_output') {
      messages.push({ role: 'tool', tool_call_id: String(id), content: output });
    } else if (type !== 'reasoning') messages.push({ role: String(role), content });
  }
  return messages;
}

interface Options {
  /** The request wants its reasoning back, encrypted. */
  readonly isReasoningWanted: boolean;
  readonly reasoning: string | undefined;
}

/** A whole response. */
export function responseBody(completion: Completion, options: Options): Item {
  const { id, created, model, usage, finishReason } = completion;
  const isCutOff = finishReason === 'length' || finishReason === 'content_filter';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    model,
    status: isCutOff ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: isCutOff
      ? { reason: finishReason === 'length' ? 'max_output_tokens' : 'content_filter' }
      : null,
    output: outputOf(completion, options),
    ...(usage === undefined
      ? {}
      : {
          usage: {
            input_tokens: usage.prompt_tokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: usage.completion_tokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: usage.total_tokens,
          },
        }),
  };
}

function outputOf({ id, content, toolCalls }: Completion, { isReasoningWanted, reasoning }: Options): readonly Item[] {
  const status = 'completed';
  return [
    ...(reasoning === undefined
      ? []
      : [
          {
            type: 'reasoning',
            id: `rs_${id}`,
            summary: [],
            ...(isReasoningWanted ? { encrypted_content: encrypted(reasoning, id) } : {}),
          },
        ]),
    ...(content === null || content === ''
      ? []
      : [
          {
            type: 'message',
            id: `msg_${id}`,
            role: 'assistant',
            status,
            content: [{ type: 'output_text', text: content, annotations: [] }],
          },
        ]),
    ...toolCalls.map((call, nth) => ({
      type: 'function_call',
      id: `fc_${id}_${nth}`,
      call_id: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
      status,
    })),
  ];
}

/** Unreadable to the client. */
function encrypted(reasoning: string, id: string): string {
  return Buffer.from(`${id} ${reasoning}`).toString('base64');
}

/** The events of a streamed response, in the order that OpenAI documents. */
export function responseEvents(response: Item): readonly Item[] {
  const output = response['output'] as readonly Item[];
  const begun = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null };
  const events: Item[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap(itemEvents),
    { type: `response.${String(response['status'])}`, response },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function itemEvents(item: Item, output_index: number): readonly Item[] {
  const at = { output_index, item_id: item['id'] };
  const added = {
    type: 'response.output_item.added',
    output_index,
    item: { ...item, status: 'in_progress', content: [], arguments: '' },
  };
  const done = { type: 'response.output_item.done', output_index, item };
  if (item['type'] === 'message') {
    const [part] = item['content'] as readonly [Item];
    const text = String(part['text']);
    const of = { ...at, content_index: 0 };
    return [
      added,
      { type: 'response.content_part.added', ...of, part: { ...part, text: '' } },
      ...pieces(text).map((delta) => ({ type: 'response.output_text.delta', ...of, delta })),
      { type: 'response.output_text.done', ...of, text },
      { type: 'response.content_part.done', ...of, part },
      done,
    ];
  }
  if (item['type'] !== 'function_call') return [added, done];
  const text = String(item['arguments']);
  return [
    added,
    ...pieces(text).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
    { type: 'response.function_call_arguments.done', ...at, arguments: text },
    done,
  ];
}

function pieces(text: string): readonly string[] {
  return text.match(/[^]{1,12}/gu) ?? [];
}
