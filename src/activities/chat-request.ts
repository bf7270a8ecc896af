/**
 * Chat request: an agent and a transcript as a chat-completions request.
 *
 * @module
 */
import type OpenAI from 'openai';
import type { Agent, Message } from '../agent';
import { argumentsSchema } from './tool-schema';

export type ChatRequest = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

/** @param model The name the provider knows it by, where that is not the agent's own `llm`. */
export function chatRequest(agent: Agent, messages: readonly Message[], model: string = agent.llm): ChatRequest {
  const tools = agent.tools.map((tool) => ({
    type: 'function' as const,
    function: { name: tool.name, description: tool.description, parameters: argumentsSchema(tool) },
  }));
  return {
    model,
    messages: [
      ...(agent.systemPrompt === '' ? [] : [{ role: 'system' as const, content: agent.systemPrompt }]),
      ...messages.map(chatMessage),
    ],
    ...(tools.length === 0 ? {} : { tools }),
    stream: true,
  };
}

function chatMessage(message: Message): OpenAI.Chat.ChatCompletionMessageParam {
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
