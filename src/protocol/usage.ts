/**
 * Usage: the tokens of model calls, as providers count them.
 *
 * @module
 */

/** Of one model call. A field that is absent was not told. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input: read from the provider's cache. */
  readonly cachedTokens?: number;
  /** Of the output: reasoning. */
  readonly reasoningTokens?: number;
}

/** Of several calls, those that failed or whose reply nobody could use included, where they were told. */
export interface TotalUsage extends Usage {
  readonly calls: number;
}

/** By the agents' `llm`. */
export type UsageByModel = Readonly<Record<string, TotalUsage>>;
