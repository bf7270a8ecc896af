/**
 * Optional fields: parts of a request that help where a provider takes them, and that others refuse.
 *
 * A provider that refuses one by name is asked again at once without it, and is never sent it again. Where possible, what
 * the field asked for is said in words.
 *
 * @module
 */
import type { ModelRequest } from '../model';
import type { ProviderProblem } from '../provider-error';
import type { ChatRequest } from './write-request';

/** By what a refusal calls them. */
const OPTIONAL = {
  stream_options: /stream_options|include_usage/,
  parallel_tool_calls: /parallel_?tool/,
  response_format: /response_?format|json_schema|structured output/,
} as const;
/** A server refuses ids that came from the server it has replaced. */
const REFUSES_IDS = /tool.?(call|use).{0,20}\bid\b|\bids?\b.{0,60}(alphanumeric|a-z|pattern|length)/;
type OptionalField = keyof typeof OPTIONAL;
const NAMES = Object.keys(OPTIONAL) as OptionalField[];

export class OptionalFields {
  readonly #unknown = new Set<OptionalField>();
  /** Whether every call is told under a new id. */
  renewsIds = false;

  /** The request, with the schema of its outcome in words where there is no field for it. */
  told(request: ModelRequest): ModelRequest {
    const { outputSchema, instruction = '', ...others } = request;
    if (outputSchema === undefined || !this.#unknown.has('response_format')) return request;
    const schema = `Give nothing but that JSON. The schema is:\n${JSON.stringify(outputSchema)}`;
    return { ...others, instruction: `${instruction}\n\n${schema}`, stream: false };
  }

  /** The body without the fields that this provider has refused. */
  without(body: ChatRequest): ChatRequest {
    const fields = Object.entries(body).filter(([name]) => !this.#unknown.has(name as OptionalField));
    return Object.fromEntries(fields) as unknown as ChatRequest;
  }

  /**
   * Many requests are on their way at once, so what counts is what this one was sent with, not what is known by now.
   *
   * @param hadNewIds What `renewsIds` was when the body was made.
   * @returns Whether asking again can help: a field that was sent was refused, or the ids of calls were.
   */
  refused({ status, words, kinds = [] }: ProviderProblem, body: ChatRequest, hadNewIds: boolean): boolean {
    if (status === undefined || ![400, 404, 405, 415, 422, 501].includes(status)) return false;
    const said = [...kinds, words].join(' ').toLowerCase();
    const name = NAMES.find((one) => one in body && OPTIONAL[one].test(said));
    if (name !== undefined) {
      this.#unknown.add(name);
      return true;
    }
    if (hadNewIds || !hasCalls(body) || !REFUSES_IDS.test(said)) return false;
    this.renewsIds = true;
    return true;
  }
}

function hasCalls({ messages }: ChatRequest): boolean {
  return messages.some((message) => 'tool_calls' in message);
}
