/**
 * Optional fields: parts of a request that help where a provider takes them, and that others refuse.
 *
 * A provider that refuses one by name is asked again at once without it, and is never sent it again. Where possible, what
 * the field asked for is said in words.
 *
 * @module
 */
import { isPlainObject } from '../protocol';
import type { ModelRequest } from './model';
import type { ProviderProblem } from './provider-error';

/** A server refuses ids that came from the server it has replaced. */
const REFUSES_IDS = /tool.?(call|use).{0,20}\bid\b|\bids?\b.{0,60}(alphanumeric|a-z|pattern|length)/;

/** What is optional in one wire protocol. */
export interface OptionalParts<Body> {
  /** Names of fields, each with what a refusal calls it. `text.format` is the field `format` of the field `text`. */
  readonly fields: Readonly<Record<string, RegExp>>;
  /** The field that has the schema of an outcome. */
  readonly schemaField: string;
  /** Whether the body tells of calls. */
  hasCalls(body: Body): boolean;
}

export class OptionalFields<Body extends object> {
  readonly #parts: OptionalParts<Body>;
  readonly #unknown = new Set<string>();
  /** Whether every call is told under a new id. */
  renewsIds = false;

  constructor(parts: OptionalParts<Body>) {
    this.#parts = parts;
  }

  /** The request, with the schema of its outcome in words where there is no field for it. */
  told(request: ModelRequest): ModelRequest {
    const { outputSchema, instruction = '', ...others } = request;
    if (outputSchema === undefined || !this.#unknown.has(this.#parts.schemaField)) return request;
    const schema = `Give nothing but that JSON. The schema is:\n${JSON.stringify(outputSchema)}`;
    return { ...others, instruction: `${instruction}\n\n${schema}`, stream: false };
  }

  /** The body without the fields that this provider has refused. */
  without(body: Body): Body {
    return [...this.#unknown].reduce(withoutField, body) as Body;
  }

  /**
   * Many requests are on their way at once, so what counts is what this one was sent with, not what is known by now.
   *
   * @param hadNewIds What `renewsIds` was when the body was made.
   * @returns Whether asking again can help: a field that was sent was refused, or the ids of calls were.
   */
  refused({ status, words, kinds = [] }: ProviderProblem, body: Body, hadNewIds: boolean): boolean {
    if (status === undefined || ![400, 404, 405, 415, 422, 501].includes(status)) return false;
    const said = [...kinds, words].join(' ').toLowerCase();
    const field = Object.entries(this.#parts.fields).find(([name, words]) => hasField(body, name) && words.test(said));
    if (field !== undefined) {
      this.#unknown.add(field[0]);
      return true;
    }
    if (hadNewIds || !this.#parts.hasCalls(body) || !REFUSES_IDS.test(said)) return false;
    this.renewsIds = true;
    return true;
  }
}

function hasField(body: object, path: string): boolean {
  const [name = '', ...below] = path.split('.');
  const value = (body as Record<string, unknown>)[name];
  return below.length === 0 ? name in body : isPlainObject(value) && hasField(value, below.join('.'));
}

/** An object that has nothing else in it goes with the field. */
function withoutField(body: object, path: string): object {
  if (!hasField(body, path)) return body;
  const [name = '', ...below] = path.split('.');
  const { [name]: value, ...others } = body as Record<string, unknown>;
  const left = below.length === 0 ? {} : withoutField(value as object, below.join('.'));
  return Object.keys(left).length === 0 ? others : { ...others, [name]: left };
}
