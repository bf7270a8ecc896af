/**
 * Settings: what providers require of temperature, limits and the like, one rule each.
 *
 * @module
 */
import type { ModelRequest } from '../scripted-reply';
import type { Check } from './checks';

/** A script stands in for any model, so OpenAI's rules apply only to its own. */
const OF_OPENAI = /^(o\d|gpt-(?!oss)|chatgpt)/;
/** OpenAI's reasoning models have other settings. */
const REASONS = /^(o\d|gpt-5(?!.*chat))/;

const OPENAI_FIELDS =
  'stream_options max_completion_tokens reasoning_effort seed audio frequency_penalty function_call functions logit_bias ' +
  'logprobs metadata modalities prediction presence_penalty prompt_cache_key prompt_cache_retention safety_identifier ' +
  'service_tier store top_logprobs user verbosity web_search_options';

export const openaiTakesSettings: Check = (request) => {
  const { model, temperature, reasoning_effort: effort } = request;
  if (!OF_OPENAI.test(model)) return undefined;
  const unknown = unknownField(request, OPENAI_FIELDS);
  if (unknown !== undefined) return `Unrecognized request argument supplied: ${unknown}`;
  const tooHigh = above(request, { temperature: 2, top_p: 1 });
  if (tooHigh !== undefined) {
    const { name, most, value } = tooHigh;
    return `Invalid '${name}': decimal above maximum value. Expected a value <= ${most}, but got ${value} instead.`;
  }
  if (!REASONS.test(model))
    return effort === undefined ? undefined : 'Unrecognized request argument supplied: reasoning_effort';
  if (request['max_tokens'] !== undefined)
    return "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
  if (temperature !== undefined && temperature !== 1)
    return `Unsupported value: 'temperature' does not support ${JSON.stringify(temperature)} with this model. Only the default (1) value is supported.`;
  return request['top_p'] === undefined
    ? undefined
    : "Unsupported parameter: 'top_p' is not supported with this model.";
};

export const claudeTakesSettings: Check = (request) => {
  if (above(request, { temperature: 1 }) !== undefined) return 'temperature: range: 0..1';
  if (request['temperature'] !== undefined && request['top_p'] !== undefined)
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.';
  const tooMany = above(request, { max_tokens: 64_000 });
  return tooMany === undefined
    ? undefined
    : `max_tokens: ${tooMany.value} > ${tooMany.most}, which is the maximum allowed number of output tokens for ${request.model}`;
};

export const effortIsForReasoningModels: Check = ({ model, reasoning_effort: effort }) =>
  effort === undefined || /gpt-oss|qwen3/.test(model)
    ? undefined
    : '`reasoning_effort` is not supported with this model';

export const samplingFitsVllm: Check = ({ top_p: share }) =>
  share === 0 ? 'top_p must be in (0, 1], got 0.' : undefined;

/** @param most By field. @param say The complaint. */
export const atMost =
  (most: Readonly<Record<string, number>>, say: (found: TooHigh) => string): Check =>
  (request) => {
    const found = above(request, most);
    return found === undefined ? undefined : say(found);
  };

interface TooHigh {
  readonly name: string;
  readonly most: number;
  readonly value: number;
}

function above(request: ModelRequest, most: Readonly<Record<string, number>>): TooHigh | undefined {
  for (const [name, limit] of Object.entries(most)) {
    const value = request[name];
    if (typeof value === 'number' && value > limit) return { name, most: limit, value };
  }
  return undefined;
}

const BASE =
  'model messages stream tools tool_choice parallel_tool_calls response_format temperature top_p max_tokens stop n';

/** A provider that refuses unknown fields. @param also Names beside the common ones. */
export const knowsOnly =
  (also: string, say: (name: string) => string): Check =>
  (request) => {
    const unknown = unknownField(request, also);
    return unknown === undefined ? undefined : say(unknown);
  };

function unknownField(request: ModelRequest, also: string): string | undefined {
  const known = `${BASE} ${also}`.split(' ');
  return Object.keys(request).find((name) => !known.includes(name));
}
