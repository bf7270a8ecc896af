/**
 * Optional fields: parts of a request that help where they are known and are refused where they are not.
 *
 * A provider that refuses one by name is asked at once without it, and from then on. What the field asked for is said in
 * words where that is possible.
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
type OptionalField = keyof typeof OPTIONAL;
const NAMES = Object.keys(OPTIONAL) as OptionalField[];

export class OptionalFields {
  readonly #unknown = new Set<OptionalField>();

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

  /** @returns Whether a field that was sent was refused, and asking again without it can help. */
  refused({ status, words, kinds = [] }: ProviderProblem, body: ChatRequest): boolean {
    if (status === undefined || ![400, 404, 405, 415, 422, 501].includes(status)) return false;
    const said = [...kinds, words].join(' ').toLowerCase();
    const name = NAMES.find((one) => one in body && !this.#unknown.has(one) && OPTIONAL[one].test(said));
    if (name === undefined) return false;
    this.#unknown.add(name);
    return true;
  }
}
