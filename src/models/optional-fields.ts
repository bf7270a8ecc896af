/**
 * Optional fields: useful parts of a request that some providers refuse.
 *
 * A provider that refuses one by name is asked again at once without it, and never sent it again. Where possible the
 * field's meaning goes into words.
 *
 * @module
 */
import { isPlainObject } from '../protocol';
import type { ModelRequest } from './model';
import type { ProviderProblem } from './provider-error';

/** A server refuses ids made by its predecessor. */
const REFUSES_IDS =
  /tool.?(call|use).{0,20}\bid\b|call_id\W.{0,20}(string too long|pattern|invalid|expected)|\bids?\b.{0,60}(alphanumeric|a-z|pattern|length)/;

/** The optional parts of one wire protocol. */
export interface OptionalParts<Body> {
  /** Field names with the words of their refusal. `text.format` is the field `format` of `text`. */
  readonly fields: Readonly<Record<string, RegExp>>;
  /** The field with an outcome's schema. */
  readonly schemaField: string;
  /** Whether the body contains calls. */
  hasCalls(body: Body): boolean;
}

export class OptionalFields<Body extends object> {
  readonly #parts: OptionalParts<Body>;
  readonly #unknown = new Set<string>();
  /** Whether every call gets a new id. */
  renewsIds = false;

  constructor(parts: OptionalParts<Body>) {
    this.#parts = parts;
  }

  /** The request with its outcome's schema in words, if its field was refused. */
  told(request: ModelRequest): ModelRequest {
    const { outputSchema, instruction = '', ...others } = request;
    if (outputSchema === undefined || !this.#unknown.has(this.#parts.schemaField)) return request;
    const schema = `Give nothing but that JSON. The schema is:\n${JSON.stringify(outputSchema)}`;
    return { ...others, instruction: `${instruction}\n\n${schema}`, stream: false };
  }

  /** The body without refused fields. */
  without(body: Body): Body {
    return [...this.#unknown].reduce(withoutField, body) as Body;
  }

  /**
   * Judged by what this request was sent with, since others may be under way.
   *
   * @param hadNewIds `renewsIds` when the body was made.
   * @returns Whether a retry can help: a field that was sent was refused, or the call ids were.
   */
  refused(problem: ProviderProblem, body: Body, hadNewIds: boolean): boolean {
    if (!isRefusal(problem.status)) return false;
    const said = wordsOf(problem);
    const field = Object.entries(this.#parts.fields).find(([name, words]) => hasField(body, name) && words.test(said));
    if (field !== undefined) {
      this.#unknown.add(field[0]);
      return true;
    }
    if (hadNewIds || !this.#parts.hasCalls(body) || !refusesIds(problem)) return false;
    this.renewsIds = true;
    return true;
  }
}

/** Whether call ids were refused: new ones can help. */
export function refusesIds(problem: ProviderProblem): boolean {
  return isRefusal(problem.status) && REFUSES_IDS.test(wordsOf(problem));
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && [400, 404, 405, 415, 422, 501].includes(status);
}

function wordsOf({ words, kinds = [] }: ProviderProblem): string {
  return [...kinds, words].join(' ').toLowerCase();
}

function hasField(body: object, path: string): boolean {
  const [name = '', ...below] = path.split('.');
  const value = (body as Record<string, unknown>)[name];
  return below.length === 0 ? name in body : isPlainObject(value) && hasField(value, below.join('.'));
}

/** Removes an object that becomes empty. */
function withoutField(body: object, path: string): object {
  if (!hasField(body, path)) return body;
  const [name = '', ...below] = path.split('.');
  const { [name]: value, ...others } = body as Record<string, unknown>;
  const left = below.length === 0 ? {} : withoutField(value as object, below.join('.'));
  return Object.keys(left).length === 0 ? others : { ...others, [name]: left };
}
