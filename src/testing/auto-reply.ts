/**
 * Auto mode: what the scripted model says without a script.
 *
 * Enough for a demo without a key: it calls the first offered tool, then reports what the tool said. A fixed rule, not
 * a model: it quotes the tool's words and never judges them.
 *
 * @module
 */
import { exampleOf } from './schema-example';
import type { ModelMessage, ModelRequest, ScriptedAnswer } from './scripted-reply';

/**
 * The reply to a request, by these rules, first match wins.
 *
 * - The conversation ends with tool results: all of them are quoted, one a line.
 * - The user spoke last, and a tool that is not a handoff is offered: it is called, with arguments
 *   made from its schema.
 * - A JSON schema is asked for: an example of it.
 * - Otherwise what the user said last is repeated.
 *
 * `tool_choice` is obeyed: `none`, `required`, or a named function, which win over the first rule.
 */
export function autoReply(request: ModelRequest): ScriptedAnswer {
  const roles = request.messages.map(({ role }) => role);
  const lastRole = roles.at(-1);
  const userText = textOf(request.messages[roles.lastIndexOf('user')]);
  const forced = forcedTool(request);
  const tool = forced ?? (lastRole === 'user' && request.tool_choice !== 'none' ? firstTool(request) : undefined);
  if (tool !== undefined) {
    return { toolCalls: [{ name: tool.name, arguments: exampleArguments(tool.parameters, userText) }] };
  }
  if (lastRole === 'tool') {
    let first = roles.length;
    while (roles[first - 1] === 'tool') first -= 1;
    const results = request.messages.slice(first);
    return { content: results.map((result) => `The tool reported: ${textOf(result)}`).join('\n') };
  }
  const schema = responseSchema(request.response_format);
  if (schema !== undefined) return { content: JSON.stringify(exampleOf(schema, userText)) };
  return { content: `You said: ${userText}` };
}

interface OfferedTool {
  readonly name: string;
  readonly parameters?: unknown;
}

function firstTool(request: ModelRequest): OfferedTool | undefined {
  const offered = (request.tools ?? []).map((tool) => tool.function);
  return offered.find((tool) => !/^(handoff|transfer_to)/.test(tool.name));
}

function forcedTool(request: ModelRequest): OfferedTool | undefined {
  const choice = request.tool_choice;
  if (choice === 'required') return firstTool(request) ?? request.tools?.[0]?.function;
  const name = fieldOf(fieldOf(choice, 'function'), 'name');
  return request.tools?.find((tool) => tool.function.name === name)?.function;
}

function exampleArguments(parameters: unknown, userText: string): object {
  const example = exampleOf(parameters ?? { type: 'object' }, userText);
  return typeof example === 'object' && example !== null ? example : {};
}

function responseSchema(format: unknown): unknown {
  return fieldOf(format, 'type') === 'json_schema' ? fieldOf(fieldOf(format, 'json_schema'), 'schema') : undefined;
}

/** Text of a message whose content is a string or a list of parts. */
function textOf(message: ModelMessage | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) => fieldOf(part, 'text'))
    .filter((text) => typeof text === 'string')
    .join('');
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
