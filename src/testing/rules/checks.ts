/**
 * Checks: what providers require of a chat-completions request, one rule each.
 *
 * A check returns the provider's complaint in its own terms, or nothing.
 *
 * @module
 */
import type { ModelMessage, ModelRequest } from '../scripted-reply';

export type Check = (request: ModelRequest) => string | undefined;

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

const callsOf = ({ messages }: ModelRequest) => messages.flatMap((message) => message.tool_calls ?? []);
const textOf = ({ content }: ModelMessage): string =>
  typeof content === 'string' ? content : content == null ? '' : JSON.stringify(content);

export const namesAreValid: Check = (request) => {
  const names = [
    ...(request.tools ?? []).map((tool) => tool.function.name),
    ...callsOf(request).map((call) => call.function.name),
  ];
  const bad = names.find((name) => !NAME.test(name));
  return bad === undefined
    ? undefined
    : `Invalid function name "${bad}": string does not match pattern ${NAME.source}.`;
};

export const callsHaveResults: Check = ({ messages }) => {
  let open = new Set<string>();
  for (const { role, tool_calls: calls, tool_call_id: id } of messages) {
    if (role === 'tool') {
      if (!open.delete(id ?? ''))
        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
      continue;
    }
    if (open.size > 0) return `tool_call_ids did not have response messages: ${[...open].join(', ')}.`;
    open = new Set(calls?.map((call) => call.id));
    if (open.size < (calls?.length ?? 0)) return 'Two tool calls of a message have the same id.';
  }
  return open.size === 0 ? undefined : `tool_call_ids did not have response messages: ${[...open].join(', ')}.`;
};

export const argumentsAreObjects: Check = (request) => {
  const bad = callsOf(request).find((call) => {
    try {
      return typeof JSON.parse(call.function.arguments) !== 'object';
    } catch {
      return true;
    }
  });
  return bad === undefined ? undefined : `The arguments of ${bad.id} are not a JSON object.`;
};

export const descriptionsFit: Check = ({ tools }) => {
  const long = tools?.find((tool) => (tool.function.description?.length ?? 0) > 1024);
  return long === undefined
    ? undefined
    : `Invalid 'tools[0].function.description': string too long. Expected a string with maximum length 1024.`;
};

export const toolsAreComplete: Check = ({ tools, tool_choice: choice, parallel_tool_calls: parallel }) => {
  if (tools === undefined)
    return choice === undefined && parallel === undefined
      ? undefined
      : "'tool_choice' and 'parallel_tool_calls' are only allowed when 'tools' are specified.";
  if (tools.length === 0) return "Invalid 'tools': empty array.";
  const name = (choice as { readonly function?: { readonly name: string } } | undefined)?.function?.name;
  return name === undefined || tools.some((tool) => tool.function.name === name)
    ? undefined
    : `There is no tool "${name}" to choose.`;
};

export const streamOptionsFit: Check = ({ stream, stream_options: options }) =>
  options == null || stream === true
    ? undefined
    : "The 'stream_options' parameter is only allowed when 'stream' is enabled.";

export const schemasAreOf2020: Check = ({ tools = [] }) =>
  tools.some((tool) => hasListOfItems(tool.function.parameters))
    ? "'items' must be a schema (object or boolean), not an array."
    : undefined;

export const toolsTakeObjects: Check = ({ tools = [] }) =>
  tools.map((tool) => rootComplaint(tool.function.name, tool.function.parameters)).find(Boolean);

/** OpenAI refuses it so; Anthropic and others in other words. */
export function rootComplaint(name: string, schema: unknown): string | undefined {
  const root = (schema ?? {}) as Readonly<Record<string, unknown>>;
  const isPlain = root['type'] === 'object' && !['oneOf', 'anyOf', 'allOf', 'enum', 'not'].some((key) => key in root);
  return isPlain
    ? undefined
    : `Invalid schema for function '${name}': schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.`;
}

function hasListOfItems(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(
    ([key, value]) => (key === 'items' && Array.isArray(value)) || hasListOfItems(value),
  );
}

export const assistantsSaySomething: Check = ({ messages }) =>
  messages.some((message) => message.role === 'assistant' && textOf(message) === '' && !message.tool_calls?.length)
    ? 'Assistant message must have either content or tool_calls, but not none.'
    : undefined;

export const nothingIsBlank: Check = ({ messages }) => {
  const nth = messages.findIndex((message) => textOf(message).trim() === '' && !message.tool_calls?.length);
  const blank = messages.findIndex(({ content }) =>
    (Array.isArray(content) ? content.map((part) => part.text) : [content]).some(
      (text) => typeof text === 'string' && text.trim() === '',
    ),
  );
  const bad = Math.max(nth, blank);
  return bad < 0 ? undefined : `The content field in the Message object at messages.${bad} is empty.`;
};

export const systemIsFirst: Check = ({ messages }) =>
  messages.some(({ role }, nth) => role === 'system' && nth > 0)
    ? 'System message must be at the beginning.'
    : undefined;

export const userIsFirst: Check = ({ messages }) =>
  messages.find(({ role }) => role !== 'system')?.role === 'user'
    ? undefined
    : 'A conversation must start with a user message.';

export const userOrToolIsLast: Check = ({ messages }) => {
  const last = messages.at(-1)?.role;
  return last === 'user' || last === 'tool' ? undefined : `Expected last role User or Tool, but got ${last}.`;
};

export const rolesAlternate: Check = ({ messages }) => {
  const roles = messages.filter(({ role }) => role !== 'system').map(({ role }) => (role === 'tool' ? 'user' : role));
  const isTool = messages.filter(({ role }) => role !== 'system').map(({ role }) => role === 'tool');
  const bad = roles.findIndex((role, nth) => nth > 0 && role === roles[nth - 1] && !(isTool[nth] && isTool[nth - 1]));
  return bad < 0 ? undefined : 'Conversation roles must alternate user/assistant/user/assistant/...';
};

export const toolsAreThereForCalls: Check = (request) =>
  callsOf(request).length > 0 && !request.tools?.length
    ? 'Tools must be given when the conversation has tool calls.'
    : undefined;

export const idsHave =
  (pattern: RegExp): Check =>
  (request) => {
    const bad = callsOf(request).find(({ id }) => !pattern.test(id));
    return bad === undefined ? undefined : `Tool call id was ${bad.id} but must match ${pattern.source}.`;
  };

export const idsAreUnique: Check = (request) => {
  const ids = callsOf(request).map(({ id }) => id);
  return new Set(ids).size === ids.length ? undefined : 'tool_use ids must be unique.';
};

/** @param known Message fields beside those of chat completions. */
export const messagesHaveOnly =
  (...known: readonly string[]): Check =>
  ({ messages }) => {
    const allowed = ['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'refusal', ...known];
    const bad = messages.flatMap((message) => Object.keys(message)).find((key) => !allowed.includes(key));
    return bad === undefined ? undefined : `property '${bad}' is unsupported`;
  };

export const reasoningIsBesideCalls: Check = ({ messages }) =>
  messages.some((message) => 'reasoning_content' in message && !message.tool_calls?.length)
    ? 'The reasoning_content of an earlier reply must not be in the input.'
    : undefined;

export const schemaIsNotWanted: Check = ({ response_format: format }) =>
  (format as { readonly type?: string } | undefined)?.type === 'json_schema'
    ? 'This response_format type is unavailable now'
    : undefined;
