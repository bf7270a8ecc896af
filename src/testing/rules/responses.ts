/**
 * Responses rules: what OpenAI's Responses API takes, by its documents and reported refusals.
 *
 * Nothing is stored, so a request must contain what it refers to.
 *
 * @module
 */
import { rootComplaint } from './checks';
import type { RuleRefusal } from './index';

/** The body of one request, as it came over HTTP. */
export interface ResponsesBody {
  readonly model?: unknown;
  readonly input?: unknown;
  readonly [field: string]: unknown;
}

type Item = Readonly<Record<string, unknown>>;
type Complaint = string | undefined;

const FIELDS = new Set(
  (
    'background conversation include input instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls ' +
    'previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store stream ' +
    'stream_options temperature text tool_choice tools top_logprobs top_p truncation user'
  ).split(' '),
);
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const USER_PARTS = new Set(['input_text', 'input_image', 'input_file']);
/** Fields of an item by type; a message may omit its type. */
const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  message: ['type', 'role', 'content', 'phase'],
  function_call: ['type', 'call_id', 'name', 'arguments'],
  function_call_output: ['type', 'call_id', 'output'],
  reasoning: ['type', 'id', 'summary', 'encrypted_content'],
};

/** @param given Encrypted reasoning that this server gave. @returns Nothing when the request is taken. */
export function responsesRefusal(body: ResponsesBody, given: ReadonlySet<string>): RuleRefusal | undefined {
  const items = Array.isArray(body.input) ? (body.input as readonly Item[]) : [];
  const checks = [
    () => fieldsAreKnown(body),
    () => itemsAreWhole(items),
    () => callsHaveOutputs(items),
    () => reasoningLeadsOn(items, given),
    () => toolsAreWhole(body),
  ];
  const message = checks.map((check) => check()).find((complaint) => complaint !== undefined);
  if (message === undefined) return undefined;
  return { status: 400, body: { error: { message, type: 'invalid_request_error', param: null, code: null } } };
}

function fieldsAreKnown(body: ResponsesBody): Complaint {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`;
  if (typeof body.model !== 'string') return "Missing required parameter: 'model'.";
  if (!Array.isArray(body.input) || body.input.length === 0) return "Missing required parameter: 'input'.";
  if (body['store'] !== false) return 'These rules are for requests that store nothing: set store to false.';
  return undefined;
}

function itemsAreWhole(items: readonly Item[]): Complaint {
  for (const [nth, item] of items.entries()) {
    const where = `input[${nth}]`;
    const type = typeof item['type'] === 'string' ? item['type'] : 'message';
    const fields = Object.hasOwn(ITEM_FIELDS, type) ? ITEM_FIELDS[type] : undefined;
    if (fields === undefined)
      return `Invalid value: '${type}'. Supported values are: ${Object.keys(ITEM_FIELDS).join(', ')}.`;
    const unknown = Object.keys(item).find((name) => !fields.includes(name));
    if (unknown !== undefined) return `Unknown parameter: '${where}.${unknown}'.`;
    const complaint =
      type === 'message'
        ? messageComplaint(item, where)
        : type === 'function_call'
          ? callComplaint(item, where)
          : undefined;
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function messageComplaint({ role, content }: Item, where: string): Complaint {
  if (role !== 'user' && role !== 'assistant') return `Invalid value: '${String(role)}' for '${where}.role'.`;
  if (typeof content === 'string') return content === '' ? `Invalid '${where}.content': empty string.` : undefined;
  if (!Array.isArray(content) || content.length === 0) return `Invalid type for '${where}.content'.`;
  const bad = (content as readonly Item[]).find(({ type }) => role !== 'user' || !USER_PARTS.has(String(type)));
  return bad === undefined
    ? undefined
    : `Invalid value: '${String(bad['type'])}'. Supported values are: 'input_text', 'input_image' and 'input_file'.`;
}

function callComplaint({ name, arguments: args }: Item, where: string): Complaint {
  if (!NAME.test(String(name)))
    return `Invalid '${where}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
  return typeof args === 'string' ? undefined : `Invalid type for '${where}.arguments': expected a string.`;
}

/** Each call is followed by one output; ids are used once. */
function callsHaveOutputs(items: readonly Item[]): Complaint {
  const open = new Set<string>();
  const seen = new Set<string>();
  for (const { type, call_id: id } of items) {
    if (type === 'function_call') {
      if (typeof id !== 'string' || id === '' || id.length > 64) return `Invalid 'call_id': string too long or empty.`;
      if (seen.has(id)) return `Duplicate item found with call_id ${id}.`;
      seen.add(id);
      open.add(id);
    } else if (type === 'function_call_output' && !open.delete(String(id))) {
      return `No tool call found for function call output with call_id ${String(id)}.`;
    }
  }
  const [missing] = open;
  return missing === undefined ? undefined : `No tool output found for function call ${missing}.`;
}

/** Reasoning comes back unchanged, followed by what it led to. */
function reasoningLeadsOn(items: readonly Item[], given: ReadonlySet<string>): Complaint {
  for (const [nth, { type, id, encrypted_content: encrypted }] of items.entries()) {
    if (type !== 'reasoning') continue;
    if (typeof encrypted !== 'string' || encrypted === '') {
      return `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
    }
    if (!given.has(encrypted))
      return 'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.';
    const next = items.slice(nth + 1).find((item) => item['type'] !== 'reasoning');
    if (next?.['type'] === 'function_call' || next?.['role'] === 'assistant') continue;
    return `Item '${String(id)}' of type 'reasoning' was provided without its required following item.`;
  }
  return undefined;
}

const TOOL_FIELDS = ['type', 'name', 'description', 'parameters', 'strict'];
const FORMAT_FIELDS = ['type', 'name', 'description', 'schema', 'strict'];

function toolsAreWhole({ tools = [], tool_choice: choice, text }: ResponsesBody): Complaint {
  for (const [nth, tool] of (Array.isArray(tools) ? (tools as readonly Item[]) : []).entries()) {
    if (tool['type'] !== 'function') return `Invalid value: '${String(tool['type'])}' for 'tools[${nth}].type'.`;
    const unknown = Object.keys(tool).find((name) => !TOOL_FIELDS.includes(name));
    if (unknown !== undefined) return `Unknown parameter: 'tools[${nth}].${unknown}'.`;
    if (!NAME.test(String(tool['name']))) return `Missing or invalid parameter: 'tools[${nth}].name'.`;
    if (typeof tool['parameters'] !== 'object') return `Missing required parameter: 'tools[${nth}].parameters'.`;
    const complaint = rootComplaint(String(tool['name']), tool['parameters']);
    if (complaint !== undefined) return complaint;
  }
  return choiceComplaint(choice, tools as readonly Item[]) ?? textComplaint(text as Item | undefined);
}

function choiceComplaint(choice: unknown, tools: readonly Item[]): Complaint {
  if (choice === undefined || choice === 'auto' || choice === 'none') return undefined;
  if (tools.length === 0) return "Tool choice must be 'none' or 'auto' when no tools are given.";
  if (choice === 'required') return undefined;
  const { type, name, ...others } = choice as Item;
  if (type !== 'function' || Object.keys(others).length > 0) return `Invalid value for 'tool_choice'.`;
  return tools.some((tool) => tool['name'] === name)
    ? undefined
    : `Tool choice '${String(name)}' not found in 'tools' parameter.`;
}

function textComplaint({ format, ...others }: Item = {}): Complaint {
  const unknown = Object.keys(others).find((name) => name !== 'verbosity');
  if (unknown !== undefined) return `Unknown parameter: 'text.${unknown}'.`;
  if (format === undefined) return undefined;
  const { type, name, schema, ...rest } = format as Item;
  const more = Object.keys(rest).find((one) => !FORMAT_FIELDS.includes(one));
  if (more !== undefined) return `Unknown parameter: 'text.format.${more}'.`;
  return type !== 'json_schema' || !NAME.test(String(name)) || schema === undefined
    ? "Missing required parameter: 'text.format.name' or 'text.format.schema'."
    : undefined;
}
