/**
 * Classify: what a provider's error means.
 *
 * Decided by status, code and words together. Passing failures are MODEL_UNAVAILABLE and retried; everything else fails
 * at once, with what to do.
 *
 * @module
 */
import { AgentError, messageText, type AgentErrorCode } from '../protocol';
import type { ProviderProblem } from './provider-error';

type ModelErrorCode = Extract<AgentErrorCode, `MODEL_${string}`>;

/** Counts even with a 429, which speaks of tokens in other senses. */
const TOO_LONG_AT_ONCE = /context_length_exceeded|request too large for/;
const TOO_LONG = [
  /exceed_context_size|model_context_window_exceeded|request_too_large|string_above_max_length.*messages/,
  /context.{0,30}(length|window|size).{0,60}(exceed|maximum|too|limit|overflow|not enough|smaller)/,
  /(exceed|larger|longer|more|greater|over)\w*.{0,60}(context|prompt|input).{0,20}(length|window|size|limit|tokens)/,
  /maximum (context|prompt|input)|max(imum)?_?(input|prompt|context)_?(tokens|length)/,
  /(prompt|input|conversation|messages?|request)\b.{0,40}\b(is|are|was) too (long|large)/,
  /input (is )?too long|too many (input )?tokens|maximum number of (input )?tokens/,
  /tokens\W+max_new_tokens|range of input length|exceeds? (the )?(model'?s? |model )?(token|max(imum)? length|max length)/,
  /exceeded model token limit|context the overflows|reduce the length of the (messages|prompt)/,
];
const QUOTA =
  /insufficient.{0,3}(quota|balance|credit|funds)|billing.{0,20}(detail|limit|not active)|(plans?|your).{0,10} billing|payment.?required|credit balance|out of credits|budget.?(has been )?exceeded|exceeded your (current|monthly) (quota|spend)/;
/** The sampling failed, not the request. */
const MALFORMED =
  /tool_use_failed|malformed_function_call|failed to (call|parse) (a |the )?(function|tool)|output_parse_failed/;
const UNAUTHORIZED = /invalid.?api.?key|incorrect api key|authentication_?error|unauthenticated|permission.?denied/;
const PASSING =
  /overload|rate.?limit|too many requests|timeout|timed out|unavailable|server_?error|internal|busy|capacity|try again|api_error|resource_exhausted|unexpectedly/;
const FINAL = /invalid|not.?found|unsupported|bad.?request|unexpected endpoint|forbidden|not allowed|unknown|missing/;

/** Whether the model failed to write a tool call, so that another sample may succeed. */
export function isMalformedCall({ words, kinds = [], status }: ProviderProblem): boolean {
  return (status === undefined || status === 400 || status === 422) && MALFORMED.test(haystack(words, kinds));
}

/** @param title The asked model, for a person. */
export function toModelError(problem: ProviderProblem, title: string): AgentError<ModelErrorCode> {
  const { words, status, headers } = problem;
  const said = `${title}: ${words}`;
  const code = codeOf(problem);
  const retryAfterMs = code === 'MODEL_UNAVAILABLE' ? retryAfter(headers) : undefined;
  const details = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return new AgentError(code, messageText(`${ADVICE[code]} (${said})`), details);
}

const ADVICE: Readonly<Record<ModelErrorCode, string>> = {
  MODEL_QUOTA_EXHAUSTED: "The model's provider says that the quota is used up: raise it, then start the run again.",
  MODEL_CONTEXT_TOO_LONG:
    "The conversation is longer than the model's context: use a model with a larger one, tools that return less, or a smaller maxTokens.",
  MODEL_UNAVAILABLE: 'The model could not be asked',
  MODEL_UNAUTHORIZED:
    "The model's provider refused the key: check OPENAI_API_KEY and OPENAI_BASE_URL of the worker, or the client it was given.",
  MODEL_REJECTED:
    "The model's provider refused the request, and would again: check the model's name, its settings, its tools and the server's address.",
  MODEL_REPLY_UNUSABLE: 'The model gave no usable reply.',
  MODEL_KEY_MISSING: 'There is no key for the model.',
};

function codeOf({ words, status, kinds = [], headers, isPassing }: ProviderProblem): ModelErrorCode {
  const text = haystack(words, kinds);
  const shouldRetry = headers?.get('x-should-retry');
  if (isQuota(status, text)) return 'MODEL_QUOTA_EXHAUSTED';
  if (status === 413 || TOO_LONG_AT_ONCE.test(text)) return 'MODEL_CONTEXT_TOO_LONG';
  if (status !== 429 && TOO_LONG.some((pattern) => pattern.test(text))) return 'MODEL_CONTEXT_TOO_LONG';
  if (shouldRetry === 'true') return 'MODEL_UNAVAILABLE';
  if (status === 401 || status === 403) return 'MODEL_UNAUTHORIZED';
  if (shouldRetry === 'false') return 'MODEL_REJECTED';
  if (status !== undefined) return isPassingStatus(status) ? 'MODEL_UNAVAILABLE' : 'MODEL_REJECTED';
  if (UNAUTHORIZED.test(text)) return 'MODEL_UNAUTHORIZED';
  const named = haystack('', kinds);
  if (PASSING.test(named)) return 'MODEL_UNAVAILABLE';
  if (FINAL.test(named)) return 'MODEL_REJECTED';
  if (isPassing === true || PASSING.test(text)) return 'MODEL_UNAVAILABLE';
  return 'MODEL_REJECTED';
}

/** A daily limit passes, even when it is called a quota. */
function isQuota(status: number | undefined, text: string): boolean {
  return status === 402 || /insufficient_quota/.test(text) || ((status ?? 400) < 429 && QUOTA.test(text));
}

/** Timeouts, conflicts, "too early", limits and server errors; 498 is Groq's lack of capacity, 424 TGI's and Bedrock's failed generation. */
function isPassingStatus(status: number): boolean {
  return [408, 409, 424, 425, 429, 498, 499].includes(status) || (status >= 500 && ![501, 505].includes(status));
}

function haystack(words: string, kinds: readonly string[]): string {
  return [...kinds, words].join(' ').toLowerCase();
}

/** A year: more than a date can hold is nonsense. */
const LONGEST_WAIT_MS = 365 * 86_400_000;

/** `retry-after-ms`, or `retry-after` in seconds or as a date. Unit: milliseconds. */
function retryAfter(headers: ProviderProblem['headers']): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  const text = headers?.get('retry-after') ?? '';
  const seconds = Number.parseFloat(text);
  const found = Number.isFinite(ms) ? ms : Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(found) && found > 0 ? Math.min(found, LONGEST_WAIT_MS) : undefined;
}
