/**
 * Finish reason: why a reply ended, by the provider's own word.
 *
 * The words of OpenAI, Anthropic, Gemini, Mistral, Cohere, DeepSeek, vLLM and others are matched by content, since
 * gateways add to them. An unknown word is an ordinary end.
 *
 * @module
 */
import type { FinishReason } from './model';

/** `failed`: the provider broke off, and a retry may succeed. */
export type ReadReason = FinishReason | 'failed';

const MEANINGS: readonly (readonly [RegExp, ReadReason])[] = [
  [/malformed|unexpected_?tool|invalid_?(tool|function)|too_?many_?tool/, 'malformed'],
  [/length|max_?(output_?)?tokens|token_?limit|context_?window|truncat|incomplete/, 'length'],
  [/filter|safety|recitation|block|prohibit|refus|guardrail|toxic|sensitive|spii|moderat|policy/, 'content_filter'],
  [/error|abort|interrupt|cancel|insufficient_system|timeout|time_limit|unavailable|overload|failed/, 'failed'],
  [/tool|function/, 'tool_calls'],
];

/** The reason as a text. `undefined` when absent, null or blank: some servers send `""` with every chunk. */
export function reasonText(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

export function readReason(text: string): ReadReason {
  const word = text.toLowerCase();
  return MEANINGS.find(([pattern]) => pattern.test(word))?.[1] ?? 'stop';
}
