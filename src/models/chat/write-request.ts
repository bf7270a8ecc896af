/**
 * Write request: a request as chat completions have it.
 *
 * Written so that every provider takes it, without knowing which one it is: one system message, the first; then turns.
 *
 * @module
 */
import type OpenAI from 'openai';
import type { ModelToolCall } from '../../agent';
import type { ModelRequest, OfferedTool } from '../model';
import { CallIds } from './call-ids';
import { type ModelTurn, turnsOf } from './turns';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;
type ChatMessageParam = OpenAI.Chat.ChatCompletionMessageParam;

/** OpenAI's limit for the description of a function. Unit: characters. */
const DESCRIPTION_CHARS = 1024;
const CONTINUED = '\n(Continued in the description of the parameters.)';

export interface Recipient {
  /** The model's name, as its server knows it. */
  readonly model: string;
  /** Whose provider fields it gets back. */
  readonly of: string;
}

export function writeRequest(request: ModelRequest, { model, of }: Recipient): ChatRequest {
  const { tools, toolChoice, outputSchema, stream } = request;
  return {
    model,
    stream: stream && outputSchema === undefined,
    messages: [...systemMessage(request), ...conversation(request, of)],
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

/** Not every provider takes several, or one that is not the first. */
function systemMessage({ system, messages }: ModelRequest): readonly ChatMessageParam[] {
  const also = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const content = [...system, ...also].filter((text) => text.trim() !== '').join('\n\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

function conversation(request: ModelRequest, of: string): readonly ChatMessageParam[] {
  const { llm, messages, tools, knownTools, instruction } = request;
  // Without tools no provider takes calls; and none knows a tool that a model made up.
  const isOffered = ({ name }: ModelToolCall): boolean => tools.length > 0 && knownTools.has(name);
  const ids = new CallIds();
  return turnsOf(messages, isOffered, instruction).flatMap((turn) =>
    turn.role === 'user' ? [turn] : writeModelTurn(turn, { llm, of, ids, keepsFields: tools.length > 0 }),
  );
}

interface ModelTurnOptions {
  readonly llm: string;
  readonly of: string;
  readonly ids: CallIds;
  readonly keepsFields: boolean;
}

function writeModelTurn(turn: ModelTurn, { llm, of, ids, keepsFields }: ModelTurnOptions): readonly ChatMessageParam[] {
  const { content, calls, by, provider } = turn;
  const own = keepsFields && provider?.of === of ? provider : undefined;
  if (calls.length === 0) return [{ ...own?.message, role: 'assistant', content }];
  const named = calls.map((call) => ({
    ...call,
    id: ids.write(call.id, (by ?? llm) === llm),
    own: own?.calls?.[call.id],
  }));
  return [
    {
      ...own?.message,
      role: 'assistant',
      content: content === '' ? null : content,
      tool_calls: named.map(({ id, name, args, own: fields }) => ({
        ...fields,
        id,
        type: 'function',
        function: { name, arguments: JSON.stringify(args) },
      })),
    },
    ...named.map(({ id, result }) => ({ role: 'tool' as const, tool_call_id: id, content: result })),
  ];
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
