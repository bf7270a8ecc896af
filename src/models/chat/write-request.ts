/**
 * Write request: a request in the form of chat completions.
 *
 * Every provider takes it, unseen: one system message first, then alternating turns.
 *
 * @module
 */
import type OpenAI from 'openai';
import type { ModelSettings } from '../../agent';
import type { ModelRequest } from '../model';
import { CallIds } from '../call-ids';
import { type ModelTurn, turnsOfRequest, type UserTurn } from '../turns';
import { systemText, writtenName, writtenTool } from '../written';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;
type ChatMessageParam = OpenAI.Chat.ChatCompletionMessageParam;

export interface Recipient {
  /** The model's name at its server. */
  readonly model: string;
  /** Whose provider fields it gets back. */
  readonly of: string;
  /** Added to other models' calls, for a model that refuses calls without fields of its own. */
  readonly foreignCall?: object;
  /** Rewrite every call id, the model's own too. */
  readonly renewsIds?: boolean;
  /** Send empty reasoning with calls that have none, for a model that refuses them without. */
  readonly tellsReasoning?: boolean;
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
          tools: tools.map((tool) => ({ type: 'function' as const, function: writtenTool(tool) })),
          ...(request.allowParallelToolCalls ? {} : { parallel_tool_calls: false }),
          ...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice) }),
        }),
    ...(outputSchema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'outcome', schema: outputSchema } } }),
  };
}

/** Under their most common names. */
function writeSettings({ temperature, topP, maxTokens, reasoningEffort, seed, extraBody }: ModelSettings): object {
  const written = { temperature, top_p: topP, max_tokens: maxTokens, reasoning_effort: reasoningEffort, seed };
  return { ...extraBody, ...Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) };
}

function systemMessage(request: ModelRequest): readonly ChatMessageParam[] {
  const content = systemText(request);
  return content === '' ? [] : [{ role: 'system', content }];
}

function conversation(
  request: ModelRequest,
  { of, foreignCall = {}, renewsIds = false, tellsReasoning = false }: Recipient,
): readonly ChatMessageParam[] {
  const { llm } = request;
  const ids = new CallIds();
  return turnsOfRequest(request).flatMap((turn) =>
    turn.role === 'user'
      ? [writeUserTurn(turn)]
      : writeModelTurn(turn, { llm, of, ids, foreignCall, renewsIds, tellsReasoning }),
  );
}

/** Parts have this form already; providers decide which audio formats they take. */
function writeUserTurn({ content }: UserTurn): ChatMessageParam {
  return { role: 'user', content: content as string | OpenAI.Chat.ChatCompletionContentPart[] };
}

interface ModelTurnOptions {
  readonly llm: string;
  readonly of: string;
  readonly ids: CallIds;
  readonly foreignCall: object;
  readonly renewsIds: boolean;
  readonly tellsReasoning: boolean;
}

function writeModelTurn(
  turn: ModelTurn,
  { llm, of, ids, foreignCall, renewsIds, tellsReasoning }: ModelTurnOptions,
): readonly ChatMessageParam[] {
  const { content, calls, by = llm, provider } = turn;
  const own = provider?.of === of ? provider : undefined;
  if (calls.length === 0) return [{ ...own?.message, role: 'assistant', content }];
  const written = calls.map((call) => ({ ...call, writtenId: ids.write(call.id, by === llm && !renewsIds) }));
  return [
    {
      ...(tellsReasoning ? { reasoning_content: '' } : {}),
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

function writeToolChoice(choice: string): OpenAI.Chat.ChatCompletionToolChoiceOption {
  return choice === 'required' || choice === 'none' || choice === 'auto'
    ? choice
    : { type: 'function', function: { name: choice } };
}
