/**
 * Provider error: an error that a provider sent instead of a reply, in any known shape.
 *
 * @module
 */
import { cutText, errorText, isPlainObject, LIMITS } from '../protocol';

export interface ProviderProblem {
  /** The provider's own words. */
  readonly words: string;
  /** The HTTP status, or the one inside an error that came with status 200. */
  readonly status?: number;
  /** Its codes and types, as words to search. */
  readonly kinds?: readonly string[];
  readonly headers?: { get(name: string): string | null };
  /** Whether a retry can help, if nothing else tells. */
  readonly isPassing?: boolean;
}

/** Caught where requests are made and turned into an AgentError. */
export class ProviderError extends Error {
  readonly problem: ProviderProblem;

  constructor(problem: ProviderProblem) {
    super(problem.words);
    this.name = 'ProviderError';
    this.problem = problem;
  }
}

/** Where providers put their words, best first. */
const WORDS = ['message', 'detail', 'error_description', 'msg', 'title', 'reason', 'error', 'errors', 'body'];
const KINDS = ['code', 'type', 'status', 'error_code', 'reason'];

/** Reads a body, or a stream event, as an error. @returns `undefined` when it is not one. */
export function readProblem(body: unknown): ProviderProblem | undefined {
  const [first] = Array.isArray(body) ? body : [body];
  if (!isPlainObject(first)) return undefined;
  const { error, choices } = first;
  const isError =
    (error !== undefined && error !== null && error !== false && error !== '') ||
    first['object'] === 'error' ||
    first['type'] === 'error' ||
    (choices === undefined && ['detail', 'error_code', 'error_description'].some((key) => first[key] !== undefined));
  return isError ? problemOf(first) : undefined;
}

/** Reads a body that is known to be an error. */
function problemOf(body: unknown): ProviderProblem {
  const [first] = Array.isArray(body) ? body : [body];
  const objects = [first, fieldOf(first, 'error'), fieldOf(fieldOf(first, 'error'), 'error')].filter(isPlainObject);
  const values = objects.flatMap((one) => KINDS.map((key) => one[key]));
  const status = values.map(statusOf).find((one) => one !== undefined);
  return {
    words: cutText(wordsOf(first) ?? JSON.stringify(body) ?? '', LIMITS.providerWordsBytes),
    kinds: values.filter((value): value is string => typeof value === 'string'),
    ...(status === undefined ? {} : { status }),
  };
}

/** Reads an error of the `openai` client. @param body The response's whole body, when known. */
export function thrownProblem(error: unknown, body?: string): ProviderProblem {
  const { status, headers, cause } = (isObject(error) ? error : {}) as {
    status?: unknown;
    headers?: ProviderProblem['headers'];
    cause?: unknown;
  };
  if (typeof status !== 'number') {
    const words = [error, cause, fieldOf(cause, 'cause')].filter((one) => one !== undefined).map(errorText);
    return { words: cutText([...new Set(words)].join(': '), LIMITS.providerWordsBytes), isPassing: true };
  }
  const said = problemOf(body === undefined ? fieldOf(error, 'error') : jsonOf(body));
  const hasWords = !['', '""', 'null'].includes(said.words);
  return {
    ...said,
    words: hasWords ? `${status} ${said.words}` : errorText(error),
    status,
    ...(typeof headers?.get === 'function' ? { headers } : {}),
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body
      .replaceAll(/<style[^]*?<\/style>|<script[^]*?<\/script>|<[^>]*>/gi, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  }
}

/** An HTTP status in an error's `code` or `status`. */
function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number <= 599 ? number : undefined;
}

/** The first text found, and those in lists below it. */
function wordsOf(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (depth > 4) return undefined;
  if (Array.isArray(value)) {
    const all = value.slice(0, 5).flatMap((one) => wordsOf(one, depth + 1) ?? []);
    return all.length === 0 ? undefined : all.join('; ');
  }
  if (!isPlainObject(value)) return undefined;
  const { loc } = value;
  const where = Array.isArray(loc) ? `${loc.join('.')}: ` : '';
  const found = WORDS.map((key) => wordsOf(value[key], depth + 1)).find((one) => one !== undefined);
  const behind = wordsOf(fieldOf(value['metadata'], 'raw'), depth + 1);
  if (found === undefined) return behind;
  return where + (behind === undefined ? found : `${found}: ${behind}`);
}

function fieldOf(value: unknown, key: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
