/**
 * Write request: a request in the form of OpenAI's Responses API.
 *
 * Nothing is stored at the provider: each request has the whole conversation, with encrypted reasoning in front of what
 * it led to.
 *
 * @module
 */
import type { ModelSettings } from '../../agent';
import { AgentError, type ContentPart, isPlainObject, type JsonObject, type UserContent } from '../../protocol';
import { CallIds } from '../call-ids';
import { textsAt } from '../joined-texts';
import type { ModelRequest } from '../model';
import { type CallWithResult, type ModelTurn, turnsOfRequest } from '../turns';
import { systemText, writtenName, writtenTool } from '../written';
import { keptItems } from './kept-items';

/** By field: what is not here is not sent. */
export interface ResponsesRequest {
  readonly model: string;
  readonly store: false;
  readonly stream: boolean;
  readonly input: readonly InputItem[];
  readonly include: readonly string[];
  readonly [field: string]: unknown;
}

/** A message, a call, its output, or reasoning. */
export type InputItem = Readonly<Record<string, unknown>>;

export interface Recipient {
  /** The model's name, as its server knows it. */
  readonly model: string;
  /** Whose items it gets back. */
  readonly of: string;
  /** Write every call id anew, the model's own too. */
  readonly renewsIds?: boolean;
}

/** @throws AgentError `MODEL_REJECTED` for what this API has no words for. */
export function writeRequest(request: ModelRequest, recipient: Recipient): ResponsesRequest {
  const { tools, toolChoice, outputSchema } = request;
  const instructions = systemText(request);
  return {
    ...writeSettings(request.settings),
    model: recipient.model,
    store: false,
    stream: request.stream && outputSchema === undefined,
    include: ['reasoning.encrypted_content'],
    ...(instructions === '' ? {} : { instructions }),
    input: inputOf(request, recipient),
    ...(tools.length === 0
      ? {}
      : {
          // Strict schemas are a subset of JSON Schema that not every tool fits.
          tools: tools.map((tool) => ({ type: 'function', ...writtenTool(tool), strict: false })),
          ...(request.allowParallelToolCalls ? {} : { parallel_tool_calls: false }),
          ...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice) }),
        }),
    ...(outputSchema === undefined
      ? {}
      : {
          text: {
            ...textOf(request.settings),
            format: { type: 'json_schema', name: 'outcome', schema: outputSchema, strict: false },
          },
        }),
  };
}

/** The text's other options, beside its format. */
function textOf({ extraBody }: ModelSettings): object {
  const text = extraBody?.['text'];
  return isPlainObject(text) ? text : {};
}

/** What `extraBody` cannot set in this API. */
const OURS = {
  store: 'each request has the whole conversation, and nothing is stored at the provider',
  include: 'what it asks for is not read',
} as const;

function writeSettings({ temperature, topP, maxTokens, reasoningEffort, seed, extraBody }: ModelSettings): object {
  if (seed !== undefined) {
    throw new AgentError(
      'MODEL_REJECTED',
      'The Responses API has no seed: leave it out of modelSettings, or ask this model by chat completions.',
      {},
    );
  }
  const { reasoning, ...others } = extraBody ?? {};
  for (const [name, instead] of Object.entries(OURS)) {
    if (name in others) throw new AgentError('MODEL_REJECTED', `extraBody cannot set ${name}: ${instead}.`, {});
  }
  if (isPlainObject(others['text']) && 'format' in others['text']) {
    throw new AgentError('MODEL_REJECTED', 'extraBody cannot set text.format: use the output of the workflow.', {});
  }
  const effort = reasoningEffort === undefined ? {} : { effort: reasoningEffort };
  const written = { temperature, top_p: topP, max_output_tokens: maxTokens };
  return {
    ...others,
    ...(reasoning === undefined && reasoningEffort === undefined
      ? {}
      : { reasoning: { ...(reasoning as JsonObject | undefined), ...effort } }),
    ...Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)),
  };
}

function inputOf(request: ModelRequest, { of, renewsIds = false }: Recipient): readonly InputItem[] {
  const { llm } = request;
  const ids = new CallIds();
  return turnsOfRequest(request).flatMap((turn) =>
    turn.role === 'user'
      ? [{ role: 'user', content: writeContent(turn.content) }]
      : writeModelTurn(turn, of, (id) => ids.write(id, (turn.by ?? llm) === llm && !renewsIds)),
  );
}

function writeModelTurn(turn: ModelTurn, of: string, idOf: (id: string) => string): readonly InputItem[] {
  const { content, calls, provider } = turn;
  const written = new Map(calls.map((call) => [call.id, { ...call, writtenId: idOf(call.id) }]));
  const output: InputItem[] = [];
  const add = (call: CallWithResult & { readonly writtenId: string }): void => {
    written.delete(call.id);
    const { writtenId: call_id, name, args } = call;
    output.push({ type: 'function_call', call_id, name: writtenName(name), arguments: JSON.stringify(args) });
  };
  const say = (text: string, also: JsonObject = {}): void => {
    if (text !== '') output.push({ role: 'assistant', content: text, ...also });
  };
  const kept = provider?.of === of ? keptItems(provider.message) : [];
  const spans = kept.flatMap((item) => (item.type === 'message' ? [item.span] : []));
  const texts = [...(spans.length === 1 ? [content] : textsAt(content, spans))];
  const results = [...written.values()].map(({ writtenId: call_id, result }) => ({
    type: 'function_call_output',
    call_id,
    output: result,
  }));
  for (const [nth, item] of kept.entries()) {
    // Reasoning is refused without what it led to.
    if (item.type === 'reasoning') {
      const next = kept.slice(nth + 1).find(({ type }) => type !== 'reasoning');
      if (
        next?.type === 'message' ? (texts[0] ?? '') !== '' : next?.type === 'function_call' && written.has(next.call_id)
      ) {
        output.push(item.item);
      }
    } else if (item.type === 'message') say(texts.shift() ?? '', item.also);
    else {
      const call = written.get(item.call_id);
      if (call !== undefined) add(call);
    }
  }
  if (spans.length === 0) say(content);
  for (const call of written.values()) add(call);
  return [...output, ...results];
}

function writeContent(content: UserContent): string | readonly JsonObject[] {
  return typeof content === 'string' ? content : content.map(writePart);
}

function writePart(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'image_url': {
      const { url, detail = 'auto' } = part.image_url;
      return { type: 'input_image', image_url: url, detail };
    }
    case 'file':
      return { type: 'input_file', ...fileOf(part.file) };
    default:
      throw new AgentError(
        'MODEL_REJECTED',
        'The Responses API takes no audio: send a text, or ask this model by chat completions.',
        {},
      );
  }
}

/** A file's URL has a field of its own here. */
function fileOf({
  file_data: data,
  file_id,
  filename,
}: {
  file_data?: string;
  file_id?: string;
  filename?: string;
}): JsonObject {
  if (file_id !== undefined) return { file_id };
  if (data !== undefined && /^https?:/i.test(data)) return { file_url: data };
  return { filename: filename ?? 'file', ...(data === undefined ? {} : { file_data: data }) };
}

function writeToolChoice(choice: string): string | JsonObject {
  return ['required', 'none', 'auto'].includes(choice) ? choice : { type: 'function', name: choice };
}
