/**
 * Read usage: a reply's token counts, under the names of different servers.
 *
 * @module
 */
import { isPlainObject, type Usage } from '../protocol';

/** @param body A chunk of a stream, or a whole completion. @returns `undefined` when it has no counts. */
export function readUsage(body: Readonly<Record<string, unknown>>): Usage | undefined {
  const { usage = objectOf(body['x_groq'])['usage'] } = body;
  const told = objectOf(usage);
  const inputTokens = count(told['prompt_tokens'] ?? told['input_tokens']);
  const outputTokens = count(told['completion_tokens'] ?? told['output_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cached = count(
    objectOf(told['prompt_tokens_details'] ?? told['input_tokens_details'])['cached_tokens'] ??
      told['prompt_cache_hit_tokens'],
  );
  const reasoning = count(
    objectOf(told['completion_tokens_details'] ?? told['output_tokens_details'])['reasoning_tokens'],
  );
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    ...(cached ? { cachedTokens: cached } : {}),
    ...(reasoning ? { reasoningTokens: reasoning } : {}),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {};
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
