/**
 * Write request: a request as chat completions have it.
 *
 * Written so that every provider takes it, without knowing which one it is: one system message, the first; then turns.
 *
 * @module
 */
import type OpenAI from 'openai';
import type { ModelSettings } from '../../agent';
import type { ModelRequest, OfferedTool } from '../model';
import { CallIds } from './call-ids';
import { type ModelTurn, turnsOf, type UserTurn } from './turns';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;
type ChatMessageParam = OpenAI.Chat.ChatCompletionMessageParam;

/** OpenAI's limit for the description of a function. Unit: characters. */
const DESCRIPTION_CHARS = 1024;
/** The longest function name that every provider takes. Unit: characters. */
const NAME_CHARS = 64;
const CONTINUED = '\n(Continued in the description of the parameters.)';

export interface Recipient {
  /** The model's name, as its server knows it. */
  readonly model: string;
  /** Whose provider fields it gets back. */
  readonly of: string;
  /** Sent with calls of other models, for a model that refuses calls without fields of its own. */
  readonly foreignCall?: object;
  /** Write every call id anew, the model's own too. */
  readonly renewsIds?: boolean;
}

export function writeRequest(request: ModelRequest, recipient: Recipient): ChatRequest {
  const { model } = recipient;
  const { tools, toolChoice, outputSchema } = request;
  const stream = request.stream && outputSchema === undefined;
  return {
    ...writeSettings(request.settings),
    model,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    messages: [...systemMessage(request), ...conversation(request, recipient)],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => ({ type: 'function' as const, function: writeTool(tool) })),
          ...(request.allowParallelToolCalls ? {} : { parallel_tool_calls: false }),
          ...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice) }),
        }),
    ...(outputSchema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'outcome', schema: outputSchema } } }),
  };
}

/** Under the names that most providers know. */
function writeSettings({ temperature, topP, maxTokens, reasoningEffort, seed, extraBody }: ModelSettings): object {
  const written = { temperature, top_p: topP, max_tokens: maxTokens, reasoning_effort: reasoningEffort, seed };
  return { ...extraBody, ...Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) };
}

/** Not every provider takes several, or one that is not the first. */
function systemMessage({ system, messages }: ModelRequest): readonly ChatMessageParam[] {
  const also = messages.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  const content = [...system, ...also].filter((text) => text.trim() !== '').join('\n\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

function conversation(
  request: ModelRequest,
  { of, foreignCall = {}, renewsIds = false }: Recipient,
): readonly ChatMessageParam[] {
  const { llm, messages, tools, instruction } = request;
  const ids = new CallIds();
  // Without tools not every provider takes calls.
  return turnsOf(messages, {
    hasCalls: tools.length > 0,
    ...(instruction === undefined ? {} : { instruction }),
  }).flatMap((turn) =>
    turn.role === 'user' ? [writeUserTurn(turn)] : writeModelTurn(turn, { llm, of, ids, foreignCall, renewsIds }),
  );
}

/** Parts have this form already; which formats of audio there are is the provider's to say. */
function writeUserTurn({ content }: UserTurn): ChatMessageParam {
  return { role: 'user', content: content as string | OpenAI.Chat.ChatCompletionContentPart[] };
}

interface ModelTurnOptions {
  readonly llm: string;
  readonly of: string;
  readonly ids: CallIds;
  readonly foreignCall: object;
  readonly renewsIds: boolean;
}

function writeModelTurn(
  turn: ModelTurn,
  { llm, of, ids, foreignCall, renewsIds }: ModelTurnOptions,
): readonly ChatMessageParam[] {
  const { content, calls, by = llm, provider } = turn;
  const own = provider?.of === of ? provider : undefined;
  if (calls.length === 0) return [{ ...own?.message, role: 'assistant', content }];
  const written = calls.map((call) => ({ ...call, writtenId: ids.write(call.id, by === llm && !renewsIds) }));
  return [
    {
      ...own?.message,
      role: 'assistant',
      content: content === '' ? null : content,
      tool_calls: written.map(({ id, writtenId, name, args }, nth) => ({
        ...(own?.calls === undefined && nth === 0 ? foreignCall : own?.calls?.[id]),
        id: writtenId,
        type: 'function',
        function: { name: writtenName(name), arguments: JSON.stringify(args) },
      })),
    },
    ...written.map(({ writtenId, result }) => ({ role: 'tool' as const, tool_call_id: writtenId, content: result })),
  ];
}

/** A name that a model made up can be anything; its result says which one it was. */
function writtenName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, NAME_CHARS) || '_';
}

/** A description that is too long goes on in the schema, which has no such limit. */
function writeTool({ name, description, parameters }: OfferedTool): OpenAI.FunctionDefinition {
  if (description.trim() === '') return { name, description: name, parameters };
  if (description.length <= DESCRIPTION_CHARS) return { name, description, parameters };
  const head = description.slice(0, DESCRIPTION_CHARS - CONTINUED.length);
  const cut = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
  const end = cut > DESCRIPTION_CHARS / 2 ? cut : head.length - (/[\ud800-\udbff]$/.test(head) ? 1 : 0);
  const own = typeof parameters['description'] === 'string' ? `\n\n${parameters['description']}` : '';
  return {
    name,
    description: head.slice(0, end) + CONTINUED,
    parameters: { ...parameters, description: description.slice(end).trimStart() + own },
  };
}

function writeToolChoice(choice: string): OpenAI.Chat.ChatCompletionToolChoiceOption {
  return choice === 'required' || choice === 'none' || choice === 'auto'
    ? choice
    : { type: 'function', function: { name: choice } };
}
