/**
 * Chat request: an agent and a transcript as a chat-completions request.
 *
 * Prompts that are rendered for one call (the state, the last word, the outcome as data) are made here
 * and nowhere kept: the transcript holds what was said, and nothing else.
 *
 * @module
 */
import type OpenAI from 'openai';
import type { Agent, AgentWorkflowDefinition, Message, ModelPurpose } from '../../agent';
import type { JsonObject } from '../../protocol';
import { argumentsSchema, jsonSchema } from '../json-schema';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParams;
type ChatMessageParam = OpenAI.Chat.ChatCompletionMessageParam;

export interface ChatRequestParts {
  readonly definition: AgentWorkflowDefinition;
  readonly agent: Agent;
  readonly messages: readonly Message[];
  /** Of messages before. */
  readonly summary?: string;
  readonly state?: JsonObject;
  readonly purpose?: ModelPurpose;
  /** The name the provider knows the model by. */
  readonly model: string;
}

const LAST_WORD =
  'The steps for this request are used up. Give the best answer you can from what is known, without tools.';

const SUMMARIZE =
  'Summarize the conversation above for whoever goes on with it and cannot read it. Keep names, numbers, decisions, ' +
  'what was promised and what is still to do. Give the summary only.';

export function chatRequest(parts: ChatRequestParts): ChatRequest {
  const { definition, agent, messages, summary, state, purpose, model } = parts;
  const before = summary === undefined ? '' : `Summary of the conversation before:\n${summary}`;
  const system = systemMessages(agent.systemPrompt, before);
  const base = { model, stream: agent.streaming };
  if (purpose === 'summary') {
    return {
      ...base,
      messages: [...systemMessages(before), ...asText(messages), { role: 'user', content: SUMMARIZE }],
    };
  }
  if (purpose === 'final') {
    return { ...base, messages: [...system, ...asText(messages), ...systemMessages(LAST_WORD)] };
  }
  if (purpose === 'structured' && definition.output !== undefined) {
    const schema = jsonSchema(definition.output);
    return {
      ...base,
      stream: false,
      messages: [
        ...systemMessages(before),
        ...asText(messages),
        ...systemMessages('Give the outcome of this conversation as JSON of the given schema.'),
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'outcome', schema } },
    };
  }
  const isFromUser = messages.at(-1)?.role === 'user';
  const told = withState(messages, definition.statePrompt, state).map(chatMessage);
  return { ...base, messages: [...system, ...told], ...toolOptions(agent, isFromUser) };
}

/** One system message of all the texts: not every provider takes several. */
function systemMessages(...texts: readonly string[]): readonly ChatMessageParam[] {
  const content = texts.filter((text) => text !== '').join('\n\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

function toolOptions(agent: Agent, isFromUser: boolean): Partial<ChatRequest> {
  if (agent.tools.length === 0) return {};
  const { initialToolChoice: choice } = agent;
  return {
    tools: agent.tools.map((tool) => ({
      type: 'function' as const,
      function: { name: tool.name, description: tool.description, parameters: argumentsSchema(tool) },
    })),
    ...(agent.allowParallelToolCalls ? {} : { parallel_tool_calls: false }),
    ...(choice === undefined || !isFromUser ? {} : { tool_choice: toolChoice(choice) }),
  };
}

function toolChoice(choice: string): OpenAI.Chat.ChatCompletionToolChoiceOption {
  return choice === 'required' || choice === 'none' || choice === 'auto'
    ? choice
    : { type: 'function', function: { name: choice } };
}

/** The last user message with the state around it, for this call only. */
function withState(
  messages: readonly Message[],
  prompt: string | undefined,
  state: JsonObject | undefined,
): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  if (prompt === undefined || state === undefined || Object.keys(state).length === 0 || last < 0) return messages;
  const content = prompt.replaceAll(/\{(state|msg)\}/g, (_all, name) =>
    name === 'state' ? JSON.stringify(state, null, 2) : String(messages[last]?.content),
  );
  return messages.with(last, { role: 'user', content });
}

function chatMessage(message: Message): ChatMessageParam {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  if (!('toolCalls' in message)) return { role: message.role, content: message.content };
  return {
    role: 'assistant',
    content: message.content === '' ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, args }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(args) },
    })),
  };
}

/** The conversation without tool messages: providers refuse those in a request that offers no tools. */
function asText(messages: readonly Message[]): readonly ChatMessageParam[] {
  return messages.map((message) => {
    if (message.role === 'tool') return { role: 'user', content: `(The tool gave: ${message.content})` };
    if (!('toolCalls' in message)) return { role: message.role, content: message.content };
    const calls = message.toolCalls.map(({ name, args }) => `(Called the tool ${name} with ${JSON.stringify(args)})`);
    return { role: 'assistant', content: [message.content, ...calls].filter((text) => text !== '').join('\n') };
  });
}
